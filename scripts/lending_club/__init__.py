"""The sample book of LendingClub's loans: what the data says, what is worked out from it, and what is made up."""

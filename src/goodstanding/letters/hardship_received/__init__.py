"""The letter that answers somebody who said that paying is hard."""

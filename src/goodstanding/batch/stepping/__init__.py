"""The long way: any loan, from event to event, in one array of numbers.

A module here does what its namesake in core/arrears does, and a function what its namesake does there, in the same order, so
that one can be read beside the other. All of a loan lies in one array of numbers, w: state, policy, instalments by number
(row 0 is the contract's own interest by day), and lists. A loan that can't be computed gets a status and is left there.

layout (one folder up)  what lies where           laying_out  a loan's columns, into the array
places, account         an instalment             accrual, charges, contract_interest  what it costs
counting, events        days                      payments, moves  what was paid, and what else happened
unpaid                  what counts as unpaid     versions  schedules and openings
working                 one day after another     reading  the result
"""

"""Plan a letter's page: what stands where, how large, in which column, on how many pages. Typst then sets it as planned.

A height is a number of lines times the pitch, and lines are counted from the faces' own widths, so that a plan is nearly
always right. The first size at which a letter takes one page is taken, from roomy to tight; one that needs more pages is
set roomy. What is read as prose stands in two columns of about one height, or in one where the letter is short.
"""

"""What every part of the page stands on: the scripts' tree, the elements, values from outside, refusals."""

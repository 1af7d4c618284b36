"""Token rows under the models that code a byte by its bits."""

from encoder.mixing.row_kernel import row_kernel

code_rows = row_kernel()

"""Token rows under the lean model."""

from encoder.mixing.row_kernel import row_kernel

code_lean_rows = row_kernel(lean=True)

"""What torch's errors of shapes, dimensions and indices mean, and the next move."""

from __future__ import annotations

from dojo.opening.python_errors import KnownError

SHAPE_ERRORS = (
    KnownError(
        "RuntimeError",
        "mat1 and mat2 shapes cannot be multiplied|mat2 must be a matrix|size mismatch",
        "The shapes do not chain. Write each shape under the formula: inner dimensions must agree, "
        "and .T turns [m, n] into [n, m].",
    ),
    KnownError(
        "RuntimeError",
        "Expected size for first two dimensions of batch2",
        "A @ b takes the last two dimensions of both for matrices. Where b holds a vector for each "
        "matrix of A, make columns of them: (A @ b[..., None])[..., 0].",
    ),
    KnownError(
        "RuntimeError",
        "must be batches of square matrices",
        "Only a square matrix can be inverted, or solved for. Print the .shape of the one in this "
        "line: which matrix of the lesson is square, and what makes this one longer or wider?",
    ),
    KnownError(
        "RuntimeError",
        "must match the size of tensor|not broadcastable|The expanded size of the tensor",
        "The two shapes do not fit together. Print both .shape and compare them with the lesson. "
        "(To take each entry of t with all of x, give t a dimension for each of x: t[:, None].)",
    ),
    KnownError(
        "RuntimeError",
        r"expand\(.*the number of sizes provided",
        "What is put there has more dimensions than its place. Print both .shape. The place for n "
        "rows like x is x.new_zeros(n, *x.shape).",
    ),
    KnownError(
        "RuntimeError",
        "Number of dimensions of repeat dims",
        "repeat() takes a count for each dimension of x, and the new ones come first. For n rows "
        "like x there is torch.stack([x] * n), or x.expand(n, *x.shape).",
    ),
    KnownError(
        "RuntimeError",
        "refers to a single memory location",
        "expand() makes no copies: all these elements are one place in memory, and none can be "
        "changed alone. Make a new tensor: a = a - b, not a -= b.",
    ),
    KnownError(
        "RuntimeError",
        "Tensors must have same number of dim|zero-dimensional tensor .* cannot be concatenated",
        "torch.cat() joins along a dimension that is there, and the others must be alike. Print "
        "the .shape of each. (torch.stack() makes a new dimension, of tensors of one shape.)",
    ),
    KnownError(
        "RuntimeError",
        "must match except in dimension",
        "The tensors that are joined have different sizes. Print each .shape: only the dimension "
        "along which they are joined may differ.",
    ),
    KnownError(
        "IndexError",
        "too many indices for tensor|invalid index of a 0-dim tensor",
        "The tensor has fewer dimensions than there are indices. Print its .shape: is it one that "
        "the stub allows?",
    ),
    KnownError(
        "IndexError",
        "tuple index out of range",
        "The tensor has fewer dimensions than that: a flat one, of shape [m], has shape[0] alone. "
        "Look at .dim() first.",
        line=r"\.(shape|size\(\))\[",
    ),
    KnownError(
        "ValueError",
        "(not enough|too many) values to unpack",
        "The tensor has another number of dimensions than there are names on the left. Print its "
        ".shape, or look at .dim() first.",
        line=r"=.*\.(shape|size\(\))",
    ),
    KnownError(
        "IndexError",
        "is out of bounds for dimension",
        "Indices begin at 0, so the last of n is n - 1. Does the loop run too far, or has the "
        "tensor a row too few?",
    ),
    KnownError(
        "RuntimeError",
        r"stack expects each tensor to be equal size, but got \[(\d+), 1\] at .* \[\1, \1\] at",
        "A column [n, 1] became a table [n, n]. Was it multiplied by a table with *? That goes "
        "entry by entry: a matrix times a column is @. Or did a flat [n] meet the column?",
    ),
    KnownError(
        "RuntimeError",
        r"stack expects each tensor to be equal size, .*\[\] at entry",
        "torch.stack() takes tensors of one shape. Print each .shape; one number becomes as long "
        "as x with torch.full_like(x, …).",
    ),
    KnownError(
        "RuntimeError",
        "stack expects each tensor to be equal size",
        "torch.stack() takes tensors of one shape. Print the .shape of each one that goes into "
        "the list: where does it change?",
    ),
    KnownError(
        "IndexError",
        "Dimension out of range",
        "The tensor has fewer dimensions than that. They are counted from 0: a flat one, of shape "
        "[m], has dimension 0 alone. Print .shape; x[:, None] makes a column [m, 1] of it.",
    ),
    KnownError(
        "ValueError",
        "values to unpack",
        "The names on the left and the parts on the right are not as many. The parts of a tensor "
        "are its rows, along the first dimension: print its .shape. (x[..., 0] is a column.)",
        line=r"=\s*\w+(\.m?T)?$",
    ),
    KnownError(
        "TypeError",
        "iteration over a 0-d tensor",
        "A tensor of shape [] is one number: there are no rows in it to walk over, or to unpack.",
    ),
    KnownError(
        "RuntimeError",
        "Index tensor must have the same number of dimensions as input tensor",
        "gather() takes an index with as many dimensions as the table: target[:, None] makes "
        "[n, 1] of [n].",
    ),
)

"""What the usual errors of a first descent mean, and the next move."""

from __future__ import annotations

from dojo.feedback.shape_errors import SHAPE_ERRORS
from dojo.opening.python_errors import KnownError, meaning_in, meaning_in_python

ONE_ELEMENT = "only one element tensors can be converted|elements? cannot be converted to Scalar"
NONE = "'NoneType' object has no attribute|unsupported operand type.*NoneType"
NO_LEAF = (
    ".grad belongs to a leaf, and this tensor is none: it was computed from others. Its gradient "
    "comes from torch.autograd.grad(). In a descent, x = x − … makes such an x: change x in place "
    "under torch.no_grad(), or make each new x a leaf again, with .detach().requires_grad_()."
)
KNOWN_ERRORS = (
    *SHAPE_ERRORS,
    KnownError(
        "RuntimeError",
        "backward through the graph a second time",
        "backward() frees the graph it walked. Compute the result anew before each backward(), "
        "or, where one graph is really walked twice, keep it with retain_graph=True.",
    ),
    KnownError(
        "RuntimeError",
        "leaf Variable that requires grad is being used in an in-place operation",
        "Autograd cannot record that a leaf is overwritten. Make a new tensor: a = a - b, not "
        "a -= b. Only the update of a descent may overwrite one: under torch.no_grad().",
    ),
    KnownError(
        "RuntimeError",
        "modified by an inplace operation",
        "backward() needs a value that has since been overwritten. Call backward() before you "
        "change the tensor in place.",
    ),
    KnownError(
        "RuntimeError",
        "Only Tensors of floating point and complex dtype can require gradients"
        "|only Tensors of floating point dtype can require gradients",
        "An integer tensor cannot carry a gradient. Convert it first: x.to(torch.float64).",
    ),
    KnownError(
        "RuntimeError",
        "does not require grad and does not have a grad_fn",
        "Nothing was recorded, so there is nothing to walk back. Is requires_grad_() missing? "
        "Was the graph cut on the way: by no_grad(), .detach(), .item() or torch.tensor()? Or was "
        "all computed from another tensor than the one that requires a gradient?",
    ),
    KnownError(
        "RuntimeError",
        "grad can be implicitly created only for scalar outputs",
        "backward() starts from one number. Reduce first, with .sum(), or pass the vector that the "
        "Jacobian is to be multiplied with.",
    ),
    KnownError(
        "RuntimeError",
        r"Can't call numpy\(\) on Tensor that requires grad",
        "A tensor on the graph has no numpy view. Use .detach() first (or stay with torch).",
    ),
    KnownError(
        "RuntimeError",
        "appears to not have been used in the graph",
        "What you differentiate was not computed from this tensor. Was it computed from a copy of "
        "it? Or did the two change places?",
    ),
    KnownError(
        "LinAlgError|_LinAlgError",
        "singular",
        "The matrix in this line has no inverse here: some of its rows are sums of others. Print "
        "its .shape and its rank (torch.linalg.matrix_rank). Is it the matrix that you meant, and "
        "does the formula hold where it has no inverse?",
    ),
    KnownError(
        "RuntimeError",
        "(to have the same dtype|expected scalar type).*[Cc]omplex",
        "One of the two is complex. torch.linalg.eig() and eigvals() return complex numbers; for a "
        "symmetric matrix eigh() and eigvalsh() return real ones.",
    ),
    KnownError(
        "RuntimeError",
        "(to|must) have the same dtype|expected scalar type",
        "The two tensors have different dtypes. Make new tensors with dtype=x.dtype.",
    ),
    KnownError(
        "RuntimeError|ValueError",
        "expects a non-empty TensorList|expected a non-empty list of Tensors",
        "The list is empty. Does the start belong in it, as row 0? Where there is nothing to do "
        "(no step, no batch) it is all there is.",
    ),
    KnownError(
        "RuntimeError|ValueError|TypeError",
        ONE_ELEMENT,
        "math takes single numbers. For each element of a tensor there is torch.exp() and its "
        "like.",
        line=r"\bmath\.",
    ),
    KnownError(
        "RuntimeError|ValueError|TypeError",
        ONE_ELEMENT,
        "torch.tensor() takes numbers. A list of tensors becomes one with torch.stack().",
        line=r"\b(as_)?tensor\((\s*\[|(?!.*\.item\(\)))",
    ),
    KnownError(
        "RuntimeError|ValueError|TypeError",
        ONE_ELEMENT,
        "A Python number is made of a tensor with one element, and this one has more. Stay with "
        "the tensor: what works for one number works for each of its elements.",
    ),
    KnownError(
        "TypeError",
        "expected Tensor as element .*NoneType",
        "The list holds None. backward() returns None, and so does a function without `return`. "
        "x.grad is None before backward(), after it was cleared with None (store x.grad.clone() in "
        "between), and where the loss does not hang on x: was it cut off by .item() or .detach()?",
    ),
    KnownError(
        "TypeError",
        "expected Tensor as element .*tuple",
        "The list holds a tuple, so a call that returns several things was stored whole. "
        "torch.autograd.grad() returns one, with a tensor for each input. Store one of its parts, "
        "such as its [0].",
    ),
    KnownError(
        "TypeError",
        "expected Tensor as element .*(float|int)",
        "The list holds a number among tensors. Append tensors only (not .item()).",
    ),
    KnownError(
        "RuntimeError",
        "Boolean value of Tensor with more than one value is ambiguous",
        "A tensor of many is neither true nor false. Reduce it with .all() or .any(), or choose "
        "element by element with torch.where().",
    ),
    KnownError(
        "TypeError",
        "argument 'input' .*must be Tensor, not (float|int)",
        "A Python number came where torch wants a tensor. For numbers there is math, as in "
        "math.sqrt().",
    ),
    KnownError(
        "AttributeError",
        "'float' object has no attribute|'int' object has no attribute",
        "This is a Python number, not a tensor. .item() and float() make one of a tensor (and "
        "leave its graph behind); arguments such as lr are numbers from the start.",
    ),
    KnownError(
        "AttributeError",
        "'Tensor' object has no attribute 'zero_grad'",
        "zero_grad() belongs to an optimizer. A tensor's own gradient is cleared with x.grad = "
        "None, or x.grad.zero_().",
    ),
    KnownError(
        "AttributeError",
        "'Tensor' object has no attribute 'copy'",
        "A tensor is copied with .clone().",
    ),
    KnownError(
        "AttributeError",
        "'Tensor' object has no attribute 'append'",
        "A tensor does not grow. Collect the rows in a list; torch.stack() makes one tensor of it.",
    ),
    KnownError(
        "AttributeError",
        "'NoneType' object has no attribute '(name|next_functions|metadata)'",
        "This is None. A leaf has no grad_fn, and next_functions holds None where nothing was "
        "recorded, as for a constant.",
    ),
    KnownError(
        "AttributeError|TypeError",
        NONE,
        f"This is None: {NO_LEAF}",
        warned="not a leaf",
    ),
    KnownError(
        "AttributeError|TypeError",
        NONE,
        "This is None. A tensor's .grad is None before the first backward(), again after it was "
        "cleared with None, and where the graph is on a copy of the tensor: then ask the copy.",
        line=r"\.grad\b",
    ),
    KnownError(
        "AttributeError|TypeError",
        NONE,
        "One side of this, or what stands before the point, is None. A function without `return` "
        "gives None, and so does backward().",
    ),
    KnownError(
        "AssertionError",
        "",
        "An assert that fails raises an AssertionError. Where a ValueError is asked for, write if "
        "in its place, and below it: raise ValueError(…).",
        line=r"^assert\b",
    ),
    KnownError(
        "WrongDevice",
        "numpy view",
        "On a GPU this line fails. .cpu() brings a copy here; the result must go back.",
    ),
    KnownError(
        "WrongDevice",
        "",
        "The arguments were on another device here, as on a GPU. A tensor made without device= is "
        "on the default one: say device=x.device, or use x.new_zeros, torch.zeros_like.",
    ),
    KnownError(
        "KeyError",
        "",
        "When this line runs, the dict has no such key. Is the line run too early, or in each "
        "round of a loop? Is the key spelt in another way? (Where a ValueError is asked for, look "
        "first: if key not in table, raise it.)",
        line=r"^(?!raise\b).*\[",
    ),
    KnownError(
        "RecursionError",
        "",
        "The function keeps calling itself. Where does it stop?",
    ),
)


def meaning_of(error: BaseException, line: str = "", warned: str = "") -> str:
    """Say what an error means and what to do next; empty for an unusual one.

    Where one text of an error has several causes, `line`, the one that raised it, and what was
    `warned` of meanwhile tell them apart.
    """
    return meaning_in(KNOWN_ERRORS, error, line, warned) or meaning_in_python(error)

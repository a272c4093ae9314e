"""The picture of kata 05: the probabilities, and the Jacobian in colours, with its signs."""

import torch

from dojo.pictures.marks import counted, table
from dojo.pictures.picture import Picture

SCORES = torch.tensor([0.9376, 0.5373, 0.6736], dtype=torch.float64)
V = torch.tensor([1.0, 2.0, 4.0], dtype=torch.float64)


def draw(picture: Picture) -> None:
    """Draw what is wanted of jacobian beside yours, and below them the three vectors."""
    picture.entitle("softmax of the scores 0.9376, 0.5373, 0.6736")
    wanted, yours, p, product, twice, others = picture.panels(
        "AAABBB", "CCDDEE", "F", height=6.9, height_ratios=[5, 5, 1]
    )
    probabilities = picture.value("softmax", SCORES)
    p_wanted = probabilities.wanted
    jacobian = picture.value("jacobian", p_wanted)
    table(wanted, jacobian.wanted, 4, "p", "a")
    wanted.set(title="jacobian(p), wanted", xlabel="moved by the score", ylabel="probability")
    own = jacobian.yours
    if own is None:
        yours.set(xticks=[], yticks=[])
        yours.grid(visible=False)
    else:
        picture.draws_yours = True
        table(yours, own, 4, "p", "a")
    yours.set(title="jacobian(p), yours", xlabel="moved by the score", ylabel="probability")
    vectors = {
        "softmax(a)": (p, probabilities, "probability"),
        "vjp(p, v) at v = (1, 2, 4)": (product, picture.value("vjp", p_wanted, V), "slope"),
        "backward_twice(a)": (twice, picture.value("backward_twice", SCORES), "a.grad"),
    }
    for title, (axes, both, unit) in vectors.items():
        axes.set(title=title, ylabel=unit)
        counted(axes, "entry")
        picture.pair(axes, range(3), both, row="entry", joined=False)
    picture.also(others, {"jacobian_by_autograd": ("jacobian_by_autograd", SCORES)})

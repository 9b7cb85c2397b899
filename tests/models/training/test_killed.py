"""A training that is killed anywhere goes on as if nothing had happened: every stage, and the bank."""

import multiprocessing
import os
import signal

import pytest
import torch

from teacache.models.training import checkpoint
from teacache.models.training.bank import fill_bank, load_bank
from teacache.models.training.checkpoint import load_state, save_state
from teacache.models.training.optim import MuonAdamW, OptimizerConfig
from teacache.models.training.stage import Pace, Stage, States

STEPS = 12


def die():
    os.kill(os.getpid(), signal.SIGKILL)


def killed(target, *arguments):
    """Run in a process of its own, which must end by being killed."""
    process = multiprocessing.get_context("fork").Process(target=target, args=arguments)
    process.start()
    process.join()
    assert process.exitcode == -signal.SIGKILL


def train(folder, death=None):
    """A small stage on from what the folder holds; killed in the middle of step `death`."""
    torch.manual_seed(0)
    model, ema = (torch.nn.Sequential(torch.nn.Linear(4, 4), torch.nn.Linear(4, 1)) for _ in range(2))
    ema.load_state_dict(model.state_dict())
    ema.requires_grad_(False)
    optimizer = MuonAdamW(
        matrices=[model[0].weight],
        others=[model[0].bias, *model[1].parameters()],
        config=OptimizerConfig(),
    )
    states = States(folder, rank=0)
    pace = Pace(steps=STEPS, warmup=3, decay=0.5, average_every=2, save_every=4, ema_decay=0.9)
    stage = Stage("stage", pace, model=model, ema=ema, optimizer=optimizer, states=states)
    state = states.load()
    if state:
        model.load_state_dict(state["model"])
        ema.load_state_dict(state["ema"])
        stage.resume(state)
    seen = []

    def errors(step):
        seen.append(step)
        if step == death:
            die()
        x = torch.randn(8, 4, generator=torch.Generator().manual_seed(step))
        return (model(x) - x.sum(1, keepdim=True)).square().mean(), {}

    stage.run(errors, lambda *_facts: None)
    return seen, {**model.state_dict(), **{f"ema.{name}": value for name, value in ema.state_dict().items()}}


@pytest.mark.parametrize("death, first", [(2, 0), (4, 4), (7, 4), (11, 8)])
def test_a_stage_goes_on_bit_equal_from_where_it_was_last_saved(tmp_path, death, first):
    _, straight = train(tmp_path / "straight")
    killed(train, tmp_path / "killed", death)
    seen, resumed = train(tmp_path / "killed")
    assert seen == list(range(first, STEPS))
    assert all(torch.equal(resumed[name], value) for name, value in straight.items())


def test_killed_while_it_writes_the_old_state_is_still_there(tmp_path):
    file = tmp_path / "state.pt"
    save_state(file, {"step": 1})

    def half_written():
        checkpoint.torch.save = lambda _state, partial: (partial.write_bytes(b"PK half"), die())
        save_state(file, {"step": 2})

    killed(half_written)
    assert load_state(file) == {"step": 1}
    save_state(file, {"step": 3})
    assert load_state(file) == {"step": 3}


def test_a_bank_keeps_its_whole_shards_and_makes_the_rest(tmp_path):
    made = []

    def fill(death=None):
        def encode(scenes):
            if scenes[0] == death:
                die()
            made.extend(scenes)
            return torch.tensor(scenes, dtype=torch.float32).view(-1, 1, 1, 1, 1)

        def scenes_of(number, count):
            return [10 * number + i for i in range(count)]

        fill_bank(
            tmp_path, scenes_of, encode, shards=range(3), count=4, together=2, report=lambda _clips: None
        )
        return load_bank(tmp_path, scenes_of)

    killed(fill, 12)  # in the middle of the second shard
    assert [file.name for file in tmp_path.glob("*.pt")] == ["shard-000.pt"]
    bank = fill()
    assert made == [10, 11, 12, 13, 20, 21, 22, 23]
    assert bank.latents.flatten().tolist() == bank.scenes == [0, 1, 2, 3, *made]

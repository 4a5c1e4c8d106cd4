"""PyTorch's side of gpu.sh: times the jobs of the rows in a file of JSON lines and appends its own lines there.

gpu_peer.py ROWS.jsonl SECONDS [--cpu]
"""

import contextlib
import json
import statistics
import sys
import time

# As in GpuClock.cs.
WARM_SECONDS, SAMPLE_SECONDS, MOST_SECONDS, SAMPLES = 0.15, 0.025, 1.5, 7


def jobs(path):
    """The distinct (precision, name) of all devices' rows, in their order: each with the row's job."""
    found = {}
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            try:
                row = json.loads(line)
            except ValueError:
                continue    # half a line of a part that was stopped
            if row["kind"] == "row":
                found.setdefault((row["precision"], f'{row["group"]}: {row["name"]}'), row["job"])
    return found


def median(step, finish):
    def run(count):
        start = time.perf_counter()
        for _ in range(count):
            step()
        finish()
        return time.perf_counter() - start

    run(1)
    count, spent = 1, 0.0
    while spent < WARM_SECONDS:
        sample = run(count)
        spent += sample
        if sample < SAMPLE_SECONDS:
            count = int(min(max(count * SAMPLE_SECONDS / max(sample, 1e-9), count), 10 * count)) + 1
    samples = int(min(max(MOST_SECONDS / run(count), 1), SAMPLES))
    return statistics.median(run(count) / count for _ in range(samples))


def set_tf32(torch, allowed):
    torch.backends.cuda.matmul.allow_tf32 = allowed
    torch.backends.cudnn.allow_tf32 = allowed


def rounding(torch, device):
    """How far a product and a convolution are from doubles, of their largest number: about 1e-7 in f32, 1e-4 in tf32."""
    a, b = (torch.rand(512, 512, device=device) - 0.5 for _ in range(2))
    x, w = torch.rand(4, 64, 32, 32, device=device) - 0.5, torch.rand(64, 64, 3, 3, device=device) - 0.5
    for f, left, right in (torch.mm, a, b), (torch.conv2d, x, w):
        exact = f(left.double(), right.double())
        yield float((f(left, right) - exact).abs().max() / exact.abs().max())


def main(path, seconds, device="cuda"):
    def write(**line):
        with open(path, "a", encoding="utf-8") as rows:
            rows.write(json.dumps(line) + "\n")

    def note(text):
        print(text, flush=True)
        write(kind="note", text=text)

    try:
        import torch
    except ImportError as error:
        return note(f"PyTorch is missing: {error}. The report comes without ratios.")
    on_gpu = device == "cuda"
    if on_gpu and not torch.cuda.is_available():
        return note(f"PyTorch {torch.__version__} finds no CUDA device. The report comes without ratios.")
    import peer

    write(kind="torch", version=torch.__version__, cuda=torch.version.cuda, cudnn=torch.backends.cudnn.version(),
          device=torch.cuda.get_device_name() if on_gpu else "the processor")
    finish = torch.cuda.synchronize if on_gpu else lambda: None
    for precision in ("f32", "tf32"):
        set_tf32(torch, precision == "tf32")
        note("PyTorch, {}: a product is off by {:.1e} of its largest number, a convolution by {:.1e}.".format(precision, *rounding(torch, device)))
    all_jobs = jobs(path)
    start = time.perf_counter()
    for done, ((precision, name), job) in enumerate(all_jobs.items()):
        if time.perf_counter() - start > float(seconds):
            return note(f"PyTorch: the time was used up; {len(all_jobs) - done} of {len(all_jobs)} rows were left out.")
        set_tf32(torch, precision == "tf32")
        step = None
        try:
            # Only while inputs are made: the default device would slow each call down.
            with torch.device(device) if on_gpu else contextlib.nullcontext():
                step = peer.KINDS[job["kind"]](job)
            milliseconds = 1e3 * median(step, finish)
        except Exception as error:
            note(f"PyTorch, {precision}: {name}: {type(error).__name__}: {str(error).splitlines()[0] if str(error) else ''}")
            if on_gpu:
                torch.cuda.empty_cache()
            continue
        print(f"PyTorch {precision} {name}: {milliseconds:.4g} ms", flush=True)
        write(kind="peer", precision=precision, name=name, ms=milliseconds)


if __name__ == "__main__":
    main(*sys.argv[1:3], *["cpu"] * ("--cpu" in sys.argv))

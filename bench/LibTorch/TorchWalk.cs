using System.Diagnostics;
using MiniGrad.Bench.Walks;
using MiniGrad.Nn;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;
using TorchTensor = TorchSharp.torch.Tensor;

namespace MiniGrad.Bench.LibTorch;

/// <summary>
/// The same traversal in LibTorch, with normalisations folded into the convolutions. The released code's three passes an iteration, or
/// two where the pass at an accepted candidate serves the next iteration, as ours does.
/// </summary>
internal sealed class TorchWalk : IWalkSide
{
    private readonly bool isLast;
    private readonly bool reuses;
    private readonly TorchNet net;
    private readonly TorchTensor source;
    private readonly TorchTensor target;
    private readonly TorchTensor classes;
    private readonly TorchTensor own;

    private TorchWalk(WalkProblem problem, bool isLast, bool reuses)
    {
        (this.isLast, this.reuses) = (isLast, reuses);
        net = new(problem.Network, isLast);
        source = TorchNet.Laid(From(problem.Sources), isLast);
        target = TorchNet.Laid(From(problem.Targets), isLast);
        classes = tensor(Array.ConvertAll(problem.Classes, c => (long)c)).unsqueeze(1);
        own = zeros(problem.Count, problem.Network.ClassCount).scatter_(1, classes, ones(problem.Count, 1)).to(ScalarType.Bool);
    }

    public string Name => $"LibTorch {__version__}, {(reuses ? 2 : 3)} passes, {(isLast ? "channels last" : "NCHW")}";

    public static IWalkSide[] All(WalkProblem problem, int threads)
    {
        TorchLoader.Fix();
        return Make(problem, threads);
    }

    public float[] End(int iterations)
    {
        using var scope = NewDisposeScope();
        return [.. Walk(iterations, out _).contiguous().data<float>()];
    }

    public double SecondsAnIteration(int iterations)
    {
        using var scope = NewDisposeScope();
        Walk(iterations + 1, out double seconds);
        return seconds / iterations;
    }

    // In a method of its own, so that the library is not asked for before it can be loaded.
    private static IWalkSide[] Make(WalkProblem problem, int threads)
    {
        set_num_threads(threads);
        return
        [
            new TorchWalk(problem, isLast: false, reuses: false), new TorchWalk(problem, isLast: true, reuses: false),
            new TorchWalk(problem, isLast: false, reuses: true), new TorchWalk(problem, isLast: true, reuses: true),
        ];
    }

    private static TorchTensor From(MiniGrad.Tensor x) =>
        tensor(x.ToArray<float>(), Array.ConvertAll(x.Shape.ToArray(), size => (long)size));

    /// <summary>The images at the end, and the seconds of all iterations but the first.</summary>
    private TorchTensor Walk(int iterations, out double seconds)
    {
        TorchTensor x = source;
        TorchTensor parallel = zeros_like(x);
        TorchTensor before;
        using (no_grad()) before = Confidence(net.Forward(x));
        (TorchTensor rising, TorchTensor doubt) = Slope(x).Slope;
        long start = 0;
        for (int i = 0; i < iterations; i++)
        {
            using var inner = NewDisposeScope();
            if (!reuses && i > 0) (rising, doubt) = Slope(x).Slope;
            using var quiet = no_grad();
            TorchTensor wanted = target - x;
            TorchTensor along = Dot(rising, wanted) / Dot(rising, rising);
            parallel = (parallel - rising * doubt * 0.001).clamp_(-0.002, 0.002);
            TorchTensor candidate = (x + (wanted - rising * along) * 0.01 - parallel).clamp_(0, 1);
            (TorchTensor Rising, TorchTensor Doubt)? there = null;
            TorchTensor confidence;
            if (reuses)
            {
                using var recorded = enable_grad();
                (confidence, (TorchTensor, TorchTensor) slope) = Slope(candidate);
                there = slope;
            }
            else
            {
                confidence = Confidence(net.Forward(candidate));
            }
            TorchTensor kept = (before - confidence).lt(0.2).view(-1, 1, 1, 1);
            x = where(kept, candidate, x).MoveToOuterDisposeScope();
            parallel = parallel.MoveToOuterDisposeScope();
            if (there is { } found)
            {
                rising = where(kept, found.Rising, rising).MoveToOuterDisposeScope();
                doubt = where(kept, found.Doubt, doubt).MoveToOuterDisposeScope();
            }
            if (i == 0) start = Stopwatch.GetTimestamp();
        }
        seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        return x;
    }

    private (TorchTensor Confidence, (TorchTensor Rising, TorchTensor Doubt) Slope) Slope(TorchTensor image)
    {
        TorchTensor leaf = image.detach().requires_grad_(true);
        TorchTensor z = net.Forward(leaf);
        TorchTensor odds = z.gather(1, classes).squeeze(1) - z.masked_fill(own, -1e30).logsumexp(1);
        TorchTensor rising = autograd.grad([odds.sum()], [leaf])[0];
        TorchTensor confidence = Confidence(z.detach());
        return (confidence, (rising, (1 - confidence).view(-1, 1, 1, 1)));
    }

    private TorchTensor Confidence(TorchTensor logits) => logits.softmax(1).gather(1, classes);

    private static TorchTensor Dot(TorchTensor a, TorchTensor b) => (a * b).sum([1L, 2, 3], keepdim: true);
}

/// <summary>ResNet-18 for 32 × 32 images, in inference, its weights those of MiniGrad's network.</summary>
internal sealed class TorchNet
{
    private readonly Dictionary<string, TorchTensor> weights = [];
    private readonly Dictionary<string, (TorchTensor Weight, TorchTensor Bias)> folded = [];
    private readonly bool isLast;

    public TorchNet(Network network, bool isLast)
    {
        this.isLast = isLast;
        foreach (Parameter p in network.Parameters)
        {
            weights[p.Name] = tensor(p.Value.ToArray<float>(), Array.ConvertAll(p.Value.Shape.ToArray(), size => (long)size));
        }
    }

    public static TorchTensor Laid(TorchTensor x, bool isLast) => isLast ? x.permute(0, 2, 3, 1).contiguous().permute(0, 3, 1, 2) : x;

    public TorchTensor Forward(TorchTensor x)
    {
        x = ConvNorm(x, "conv1", "bn1", 1, 1).relu_();
        for (int block = 0; block < 8; block++)
        {
            (string name, int stride) = ($"layer{block / 2 + 1}.{block % 2}.", block is 2 or 4 or 6 ? 2 : 1);
            TorchTensor around = stride == 1 ? x : ConvNorm(x, name + "shortcut.0", name + "shortcut.1", stride, 0);
            TorchTensor y = ConvNorm(x, name + "conv1", name + "bn1", stride, 1).relu_();
            x = ConvNorm(y, name + "conv2", name + "bn2", 1, 1).add_(around).relu_();
        }
        return F.linear(x.mean([2L, 3]), weights["linear.weight"], weights["linear.bias"]);
    }

    private TorchTensor ConvNorm(TorchTensor x, string conv, string norm, int stride, int pad)
    {
        if (!folded.TryGetValue(conv, out (TorchTensor Weight, TorchTensor Bias) f))
        {
            using var quiet = no_grad();
            TorchTensor factor = weights[norm + ".weight"] * (weights[norm + ".running_var"] + 1e-5).rsqrt();
            f = (Laid(weights[conv + ".weight"] * factor.view(-1, 1, 1, 1), isLast),
                weights[norm + ".bias"] - weights[norm + ".running_mean"] * factor);
            folded[conv] = f = (f.Weight.DetachFromDisposeScope(), f.Bias.DetachFromDisposeScope());
        }
        return F.conv2d(x, f.Weight, f.Bias, [stride, stride], [pad, pad]);
    }
}

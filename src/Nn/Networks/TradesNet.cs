using MiniGrad.Nn.Layers;

namespace MiniGrad.Nn.Networks;

/// <summary>
/// The SmallCNN of TRADES (Zhang et al., arXiv:1901.08573) for images of 28 × 28: twice two convolutions of 3 × 3 without padding and a
/// pooling, then 200 and 200 units.
/// </summary>
internal sealed class TradesNet : Network
{
    private readonly Conv2d[] convolutions;
    private readonly Linear[] linears;

    /// <summary>The network with these weights.</summary>
    public TradesNet(Params p, int classes) : base(p)
    {
        (int In, int Out)[] filters = [(1, 32), (32, 32), (32, 64), (64, 64)];
        (int In, int Out)[] units = [(1024, 200), (200, 200), (200, classes)];
        ClassCount = classes;
        convolutions = [.. filters.Select((f, k) => new Conv2d(p / "feature_extractor" / $"conv{k + 1}", f.In, f.Out, 3))];
        linears = [.. units.Select((u, k) => new Linear(p / "classifier" / $"fc{k + 1}", u.In, u.Out))];
    }

    /// <inheritdoc/>
    public override Shape InputShape { get; } = [1, 28, 28];

    /// <inheritdoc/>
    public override int ClassCount { get; }

    /// <inheritdoc/>
    public override bool IsPiecewiseLinear => true;

    /// <inheritdoc/>
    public override IReadOnlyList<string> Taps => [];

    /// <inheritdoc/>
    public override Tensor Forward(Tensor x, Pass? pass = null)
    {
        CheckInput(x);
        for (int k = 0; k < convolutions.Length; k++)
        {
            x = convolutions[k].Forward(x, pass, null, Activation.Relu);
            if (k % 2 == 1) x = x.MaxPool(2, 2);
        }
        x = x.Flatten();
        foreach (Linear linear in linears[..^1]) x = linear.Forward(x, pass, Activation.Relu);
        return linears[^1].Forward(x, pass);
    }
}

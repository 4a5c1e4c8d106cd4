namespace MiniGrad.Nn;

/// <summary>A classifier: images [N, C, H, W] to logits [N, classes]. Says what it expects and what a probe must know.</summary>
public abstract class Network : Module
{
    private readonly Params? source;
    private readonly Network? inner;

    /// <summary>A network whose layers take their weights from this source.</summary>
    protected Network(Params source) => this.source = source;

    /// <summary>A network around another one, whose weights it shares.</summary>
    protected Network(Network inner) => this.inner = inner;

    /// <summary>Channels, height and width of an input image.</summary>
    public abstract Shape InputShape { get; }

    /// <summary>The number of logits.</summary>
    public abstract int ClassCount { get; }

    /// <summary>Where the weights lie, and where images must.</summary>
    public Device Device => source?.Device ?? inner!.Device;

    /// <summary>Whether the logits are piecewise linear in the image, so that second derivatives vanish almost everywhere.</summary>
    public abstract bool IsPiecewiseLinear { get; }

    /// <summary>The names of the inner values that a pass can tap, in order.</summary>
    public abstract IReadOnlyList<string> Taps { get; }

    /// <summary>All weights and statistics, in the order of their making.</summary>
    public IReadOnlyList<Parameter> Parameters => source?.All ?? inner!.Parameters;

    /// <summary>The inner value of a name, for images.</summary>
    public Tensor Tap(string name, Tensor x)
    {
        if (!Taps.Contains(name)) Throw.Argument($"tap: there is no \"{name}\"; this network has {string.Join(", ", Taps)}.");
        Tensor?[] found = [null];
        Forward(x, Pass.Keeping([name], found));
        return found[0] ?? throw new InvalidOperationException($"tap: the network names \"{name}\" but did not pass it.");
    }

    /// <summary>Refuses images of another size before they meet a layer.</summary>
    protected void CheckInput(Tensor x)
    {
        if (x.Rank != 4 || new Shape(x.Shape.Sizes[1..]) != InputShape)
        {
            Throw.Argument($"{GetType().Name}: the images have shape {x.Shape}, expected [N, {string.Join(", ", InputShape.ToArray())}].");
        }
    }
}

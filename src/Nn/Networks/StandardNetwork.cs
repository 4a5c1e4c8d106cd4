using MiniGrad.Nn.Layers;

namespace MiniGrad.Nn.Networks;

/// <summary>A network whose image shape, classes, activation and down-sampling are settings, as those of the catalogue are.</summary>
internal abstract class StandardNetwork : Network
{
    private readonly List<string> taps = [];

    /// <param name="p">The weights.</param>
    /// <param name="settings">The user's choices.</param>
    /// <param name="image">The usual image shape; its channels are a default too.</param>
    /// <param name="classes">The usual number of classes.</param>
    /// <param name="activation">The network's own nonlinearity.</param>
    protected StandardNetwork(Params p, ModelSettings settings, Shape image, int classes, Activation activation) : base(p)
    {
        InputShape = settings.Image ?? image;
        ClassCount = settings.Classes ?? classes;
        Activation = settings.Activation ?? activation;
        Down = new(settings.BlurPool);
        if (InputShape.Rank != 3 || InputShape.Count == 0)
        {
            Throw.Argument($"{GetType().Name}: the image shape {InputShape} is not [channels, height, width].");
        }
        if (ClassCount < 2) Throw.Range($"{GetType().Name}: {ClassCount} classes; at least 2 are needed.");
    }

    /// <inheritdoc/>
    public sealed override Shape InputShape { get; }

    /// <inheritdoc/>
    public sealed override int ClassCount { get; }

    /// <inheritdoc/>
    public override bool IsPiecewiseLinear => Activation.IsPiecewiseLinear;

    /// <inheritdoc/>
    public sealed override IReadOnlyList<string> Taps => taps;

    /// <summary>The nonlinearity: the one of the settings, else the network's own.</summary>
    protected Activation Activation { get; }

    /// <summary>How maps are made smaller.</summary>
    protected Downsampling Down { get; }

    /// <summary>The channels of the images.</summary>
    protected int Channels => InputShape[0];

    /// <summary>Declares the next tap of <see cref="Network.Taps"/>.</summary>
    protected string AddTap(string name)
    {
        taps.Add(name);
        return name;
    }

    /// <summary>Declares the taps of the convolutional part.</summary>
    private protected void AddTaps(Trunk trunk)
    {
        foreach ((string name, _) in trunk.Taps) AddTap(name);
    }

    /// <summary>Refuses images on which the architecture is not defined.</summary>
    protected void CheckSide(int least)
    {
        if (InputShape[1] >= least && InputShape[2] >= least) return;
        Throw.Argument(
            $"{GetType().Name}: images of {InputShape[1]} x {InputShape[2]} are too small; both sides must be at least {least}.");
    }

    /// <summary>Refuses other sizes than the one that the first linear layer was made for.</summary>
    protected void CheckSize(int height, int width)
    {
        if (InputShape[1] == height && InputShape[2] == width) return;
        Throw.Argument($"{GetType().Name}: images of {InputShape[1]} x {InputShape[2]}; "
            + $"its first linear layer takes those of {height} x {width} only.");
    }

    /// <summary>For networks in which there is nothing to anti-alias.</summary>
    protected void CheckNoBlur(ModelSettings settings)
    {
        if (settings.BlurPool != 0) Throw.Argument($"blur-pool: {GetType().Name} neither strides nor pools. Leave it out.");
    }

    /// <summary>Passes a value on, and to the pass if it listens.</summary>
    protected static Tensor Tapped(string name, Tensor x, Pass? pass)
    {
        pass?.Tap?.Invoke(name, x);
        return x;
    }
}

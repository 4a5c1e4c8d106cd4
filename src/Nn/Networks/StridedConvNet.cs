using MiniGrad.Nn.Layers;

namespace MiniGrad.Nn.Networks;

/// <summary>
/// The small networks of public work on provable and adversarial robustness: a few convolutions, most of 4 × 4 with stride 2, then
/// 100 units. Weights are named by their position in a list that counts ReLUs and the flattening too, as PyTorch's Sequential
/// has them.
/// </summary>
internal sealed class StridedConvNet : Network
{
    private const int Units = 100;

    private readonly List<Conv2d> convolutions = [];
    private readonly Linear fc1;
    private readonly Linear fc2;

    /// <summary>The network for images of one shape, with these convolutions in order.</summary>
    public StridedConvNet(Params p, Shape image, IReadOnlyList<Windows> windows, int classes) : base(p)
    {
        (InputShape, ClassCount) = (image, classes);
        (int channels, int height, int width) = (image[0], image[1], image[2]);
        foreach (Windows window in windows)
        {
            convolutions.Add(new(p / $"{2 * convolutions.Count}", channels, window.Filters, window.Kernel,
                ConvOptions.Square(window.Stride, window.Pad)));
            (channels, height, width) = (window.Filters, window.Along(height), window.Along(width));
        }
        fc1 = new(p / $"{2 * windows.Count + 1}", channels * height * width, Units);
        fc2 = new(p / $"{2 * windows.Count + 3}", Units, classes);
        Taps = [.. windows.Select((_, i) => $"conv{i + 1}"), "fc1"];
    }

    /// <inheritdoc/>
    public override Shape InputShape { get; }

    /// <inheritdoc/>
    public override int ClassCount { get; }

    /// <inheritdoc/>
    public override bool IsPiecewiseLinear => true;

    /// <inheritdoc/>
    public override IReadOnlyList<string> Taps { get; }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor x, Pass? pass = null)
    {
        CheckInput(x);
        for (int i = 0; i < convolutions.Count; i++)
        {
            x = Tapped(Taps[i], convolutions[i].Forward(x, pass, null, Activation.Relu), pass);
        }
        x = Tapped("fc1", fc1.Forward(x.Flatten(), pass, Activation.Relu), pass);
        return fc2.Forward(x, pass);
    }

    private static Tensor Tapped(string name, Tensor x, Pass? pass)
    {
        pass?.Tap?.Invoke(name, x);
        return x;
    }

    /// <summary>The windows of one convolution, by default of 4 × 4 that overlap by half.</summary>
    /// <param name="Filters">Its output channels.</param>
    /// <param name="Kernel">The side of its windows.</param>
    /// <param name="Stride">Pixels from one window to the next.</param>
    /// <param name="Pad">Zeros around each map.</param>
    internal readonly record struct Windows(int Filters, int Kernel = 4, int Stride = 2, int Pad = 1)
    {
        /// <summary>How many fit along a side.</summary>
        public int Along(int side) => (side + 2 * Pad - Kernel) / Stride + 1;
    }
}

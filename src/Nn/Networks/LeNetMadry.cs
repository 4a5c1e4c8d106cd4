using MiniGrad.Nn.Layers;

namespace MiniGrad.Nn.Networks;

/// <summary>
/// The MNIST network of the robustness literature (Madry et al., arXiv:1706.06083): 32 and 64 filters of 5 × 5, then 1024 units;
/// or fewer of each, and with a temperature of each image.
/// </summary>
internal sealed class LeNetMadry : StandardNetwork
{
    private readonly Conv2d conv1;
    private readonly Conv2d conv2;
    private readonly Linear fc1;
    private readonly Linear fc2;
    private readonly Temperature? temperature;

    /// <summary>The network with these weights.</summary>
    public LeNetMadry(Params p, ModelSettings settings, LeNetWidths widths, bool hasTemperature = false)
        : base(p, settings, [1, 28, 28], 10, Activation.Relu)
    {
        CheckSize(28, 28);
        conv1 = new(p / "conv1", Channels, widths.First, 5, ConvOptions.Square(pad: 2));
        conv2 = new(p / "conv2", widths.First, widths.Second, 5, ConvOptions.Square(pad: 2));
        fc1 = new(p / "fc1", 49 * widths.Second, widths.Units);
        fc2 = new(p / "fc2", widths.Units, ClassCount);
        if (hasTemperature) temperature = new(p / "temperature", widths.Units);
        foreach (string tap in (string[])["pool1", "pool2", "fc1"]) AddTap(tap);
        if (hasTemperature) AddTap(Temperature.TapName);
    }

    /// <inheritdoc/>
    public override bool IsPiecewiseLinear => temperature is null && base.IsPiecewiseLinear;

    /// <inheritdoc/>
    public override Tensor Forward(Tensor x, Pass? pass = null)
    {
        CheckInput(x);
        x = Tapped("pool1", Down.MaxPool(conv1.Forward(x, pass, null, Activation), kernel: 2, stride: 2), pass);
        x = Tapped("pool2", Down.MaxPool(conv2.Forward(x, pass, null, Activation), kernel: 2, stride: 2), pass);
        x = Tapped("fc1", fc1.Forward(x.Flatten(), pass, Activation), pass);
        Tensor logits = fc2.Forward(x, pass);
        return temperature is null ? logits : temperature.Forward(x, logits, pass);
    }
}

/// <summary>How wide a LeNet is: filters of the first and the second convolution, and units.</summary>
internal sealed record LeNetWidths(int First, int Second, int Units);

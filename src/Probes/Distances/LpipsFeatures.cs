using MiniGrad.Formats;
using MiniGrad.Nn;
using MiniGrad.Nn.Networks;

namespace MiniGrad.Probes.Distances;

/// <summary>
/// The convolutional part of an ImageNet network, tapped after the ReLUs that LPIPS compares (Zhang et al.,
/// arXiv:1801.03924). Images have pixels in [0, 1] and 1 or 3 channels; the input scaling of LPIPS lies inside. Weights
/// have torchvision's names.
/// </summary>
public sealed class LpipsFeatures
{
    /// <summary>Images with a smaller side get a black border, where padding is on.</summary>
    private const int SmallSide = 32;

    private readonly bool pad;
    private readonly Tensor mean;
    private readonly Tensor deviation;
    private readonly Trunk trunk;
    private readonly string[] taps;

    /// <summary>
    /// Features of a network whose weights come from this source; without <paramref name="pad"/> small images are refused.
    /// </summary>
    public LpipsFeatures(LpipsNet net, Params p, bool pad = true)
    {
        this.pad = pad;
        Net = net;
        Device = p.Device;
        trunk = Trunk(net, p);
        taps = Compared(net);
        Channels = [.. taps.Select(name => trunk.Taps.First(tap => tap.Name == name).Channels)];
        Type = p.All[0].Value.Type;
        // On images of [−1, 1] the scaling layer subtracts (−0.030, −0.088, −0.188) and divides by (0.458, 0.448, 0.450);
        // with 2x − 1 before it, that is ImageNet's normalisation.
        mean = Tensor.From([0.485, 0.456, 0.406], [1, 3, 1, 1]).Cast(Type).To(Device);
        deviation = Tensor.From([0.229, 0.224, 0.225], [1, 3, 1, 1]).Cast(Type).To(Device);
    }

    /// <summary>The network that the features are of.</summary>
    public LpipsNet Net { get; }

    /// <summary>The type that images must have.</summary>
    public DType Type { get; }

    /// <summary>Where the weights lie, and where images must.</summary>
    public Device Device { get; }

    /// <summary>The channels of each tap.</summary>
    public IReadOnlyList<int> Channels { get; }

    /// <summary>The smallest side of an image for which no window is larger than what it slides over.</summary>
    public int SmallestSide => Net switch { LpipsNet.Alex => 31, LpipsNet.Vgg => 16, _ => 17 };

    /// <summary>Features with the weights of a torchvision file; its classifier is passed over, all other names must fit.</summary>
    /// <exception cref="WeightsException">Weights are missing, misshapen, of other names, or not finite.</exception>
    public static LpipsFeatures Load(
        LpipsNet net, IReadOnlyDictionary<string, Tensor> backbone, DType type = DType.F32, bool pad = true, Device? device = null)
    {
        Params p = Params.From(backbone, type, device);
        p.Ignore("classifier");
        LpipsFeatures features = new(net, p, pad);
        p.Verify($"lpips-{net} backbone".ToLowerInvariant());
        foreach (Parameter parameter in p.All)
        {
            if (NonFinite.First(parameter.Value) is not { } odd) continue;
            throw new WeightsException($"lpips: element {odd.Position} of \"{parameter.Name}\" is {odd.Value}. Fetch the weights again.");
        }
        return features;
    }

    /// <summary>The activations at each tap, [N, channels, H, W], for images [N, 1 or 3, H, W] in [0, 1].</summary>
    /// <exception cref="ArgumentException">The images have another shape, type or range, or are too small without padding.</exception>
    public Tensor[] Of(Tensor images)
    {
        CheckShape(images);
        if (images.Type != Type) Throw.Argument($"lpips: the images hold {images.Type}, the network {Type}. Cast one of them.");
        PixelBox.Check(images, 0, 1, "lpips");
        return Activations(images);
    }

    /// <summary>The activations for images of the right type, also of points a little outside the box.</summary>
    internal Tensor[] Activations(Tensor images)
    {
        Tensor x = pad ? Bordered(images) : images;
        if (x.Shape[1] == 1) x = Ops.Concat([x, x, x], 1);
        x = (x - mean) / deviation;
        Tensor?[] values = new Tensor?[taps.Length];
        trunk.Forward(x, Pass.Keeping(taps, values));
        return values!;
    }

    /// <summary>Throws unless the shape is one of images that the network takes.</summary>
    internal void CheckShape(Tensor images)
    {
        if (images.Rank != 4 || images.Shape[1] is not (1 or 3) || images.Count == 0)
        {
            Throw.Argument($"lpips: the images have shape {images.Shape}, expected [N, 1 or 3, H, W].");
        }
        if (!pad && Math.Min(images.Shape[2], images.Shape[3]) < SmallestSide)
        {
            Throw.Argument($"lpips: the images have shape {images.Shape}, the network needs sides of at least {SmallestSide}. "
                + "Switch padding on, or resize them.");
        }
    }

    // Black is the −1 of scaled images. 28 becomes 34, as in the null-space study's code.
    private static Tensor Bordered(Tensor images)
    {
        static int Border(int side) => side < SmallSide ? (SmallSide - side) / 2 + 1 : 0;
        (int y, int x) = (Border(images.Shape[2]), Border(images.Shape[3]));
        return y == 0 && x == 0 ? images : images.PadZero(y, y, x, x);
    }

    /// <summary>The convolutional part of the network of that name, with its own strides and pools.</summary>
    private static Trunk Trunk(LpipsNet net, Params p) => net switch
    {
        LpipsNet.Alex => new AlexNetTrunk(p, 3, Activation.Relu, new(0)),
        LpipsNet.Vgg => new Vgg16Trunk(p, 3, Activation.Relu, new(0)),
        LpipsNet.Squeeze => new SqueezeNetTrunk(p, 3, Activation.Relu, new(0)),
        _ => throw new ArgumentOutOfRangeException(nameof(net), $"lpips: there is no network {net}."),
    };

    /// <summary>
    /// The taps that LPIPS compares: of VGG-16 the last of each stage, of SqueezeNet the
    /// last before each pool and all behind.
    /// </summary>
    private static string[] Compared(LpipsNet net) => net switch
    {
        LpipsNet.Alex => ["conv1", "conv2", "conv3", "conv4", "conv5"],
        LpipsNet.Vgg => ["conv1_2", "conv2_2", "conv3_3", "conv4_3", "conv5_3"],
        _ => ["conv1", "fire3", "fire5", "fire6", "fire7", "fire8", "fire9"],
    };
}

/// <summary>The networks whose features LPIPS compares: torchvision's <c>alexnet</c>, <c>vgg16</c> and <c>squeezenet1_1</c>.</summary>
public enum LpipsNet
{
    /// <summary>AlexNet, 5 taps.</summary>
    Alex,
    /// <summary>VGG-16, 5 taps.</summary>
    Vgg,
    /// <summary>SqueezeNet 1.1, 7 taps.</summary>
    Squeeze,
}

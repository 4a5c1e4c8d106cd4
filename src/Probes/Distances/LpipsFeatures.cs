using MiniGrad.Formats;
using MiniGrad.Nn;
using MiniGrad.Nn.Layers;

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

    private readonly Params layers;
    private readonly bool pad;
    private readonly Tensor mean;
    private readonly Tensor deviation;
    private readonly List<List<Func<Tensor, Tensor>>> stages = [[]];
    private readonly List<int> channels = [];
    private int width = 3;

    /// <summary>Features of a network whose weights come from this source; without <paramref name="pad"/> small images are refused.</summary>
    public LpipsFeatures(LpipsNet net, Params p, bool pad = true)
    {
        layers = p / "features";
        this.pad = pad;
        Net = net;
        switch (net)
        {
            case LpipsNet.Alex: BuildAlex(); break;
            case LpipsNet.Vgg: BuildVgg(); break;
            case LpipsNet.Squeeze: BuildSqueeze(); break;
            default: Throw.Range($"lpips: there is no network {net}."); break;
        }
        Type = p.All[0].Value.Type;
        // On images of [−1, 1] the scaling layer subtracts (−0.030, −0.088, −0.188) and divides by (0.458, 0.448, 0.450);
        // with 2x − 1 before it, that is ImageNet's normalisation.
        mean = Tensor.From([0.485, 0.456, 0.406], [1, 3, 1, 1]).Cast(Type).To(Device);
        deviation = Tensor.From([0.229, 0.224, 0.225], [1, 3, 1, 1]).Cast(Type).To(Device);
    }

    public LpipsNet Net { get; }

    /// <summary>The type that images must have.</summary>
    public DType Type { get; }

    /// <summary>Where the weights lie, and where images must.</summary>
    public Device Device => layers.Device;

    /// <summary>The channels of each tap.</summary>
    public IReadOnlyList<int> Channels => channels;

    /// <summary>The smallest side of an image for which no window is larger than what it slides over.</summary>
    public int SmallestSide => Net switch { LpipsNet.Alex => 31, LpipsNet.Vgg => 16, _ => 17 };

    /// <summary>Features with the weights of a torchvision file; its classifier is passed over, all other names must fit.</summary>
    public static LpipsFeatures Load(LpipsNet net, IReadOnlyDictionary<string, Tensor> backbone, DType type = DType.F32, bool pad = true, Device? device = null)
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
    public Tensor[] Of(Tensor images)
    {
        CheckShape(images);
        if (images.Type != Type) Throw.Argument($"lpips: the images hold {images.Type}, the network {Type}. Cast one of them.");
        PixelBox.Check(images, 0, 1, "lpips");
        Tensor x = pad ? Bordered(images) : images;
        if (x.Shape[1] == 1) x = Ops.Concat([x, x, x], 1);
        x = (x - mean) / deviation;
        Tensor[] taps = new Tensor[channels.Count];
        for (int i = 0; i < taps.Length; i++)
        {
            foreach (Func<Tensor, Tensor> step in stages[i]) x = step(x);
            taps[i] = x;
        }
        return taps;
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
            Throw.Argument($"lpips: the images have shape {images.Shape}, the network needs sides of at least {SmallestSide}. Switch padding on, or resize them.");
        }
    }

    // Black is the −1 of scaled images. 28 becomes 34, as in the null-space study's code.
    private static Tensor Bordered(Tensor images)
    {
        static int Border(int side) => side < SmallSide ? (SmallSide - side) / 2 + 1 : 0;
        (int y, int x) = (Border(images.Shape[2]), Border(images.Shape[3]));
        return y == 0 && x == 0 ? images : images.PadZero(y, y, x, x);
    }

    private void BuildAlex() => Conv(0, 64, 11, stride: 4, pad: 2).Tap()
        .Pool(3).Conv(3, 192, 5, pad: 2).Tap()
        .Pool(3).Conv(6, 384, 3, pad: 1).Tap()
        .Conv(8, 256, 3, pad: 1).Tap()
        .Conv(10, 256, 3, pad: 1).Tap();

    private void BuildVgg()
    {
        int index = 0;
        foreach ((int filters, int convolutions) in ((int, int)[])[(64, 2), (128, 2), (256, 3), (512, 3), (512, 3)])
        {
            if (index > 0)
            {
                Pool(2);
                index++;
            }
            for (int i = 0; i < convolutions; i++)
            {
                Conv(index, filters, 3, pad: 1);
                index += 2;
            }
            Tap();
        }
    }

    private void BuildSqueeze() => Conv(0, 64, 3, stride: 2).Tap()
        .Pool(3, ceilMode: true).Fire(3, 16, 64).Fire(4, 16, 64).Tap()
        .Pool(3, ceilMode: true).Fire(6, 32, 128).Fire(7, 32, 128).Tap()
        .Pool(3, ceilMode: true).Fire(9, 48, 192).Tap()
        .Fire(10, 48, 192).Tap()
        .Fire(11, 64, 256).Tap()
        .Fire(12, 64, 256).Tap();

    /// <summary>The convolution of that place in <c>features</c>, and its ReLU.</summary>
    private LpipsFeatures Conv(int index, int filters, int kernel, int stride = 1, int pad = 0)
    {
        Conv2d conv = new(layers / $"{index}", width, filters, kernel, ConvOptions.Square(stride, pad), rectified: true);
        width = filters;
        return Then(x => conv.Forward(x).Relu());
    }

    private LpipsFeatures Pool(int kernel, bool ceilMode = false) => Then(x => x.MaxPool(kernel, 2, ceilMode: ceilMode));

    private LpipsFeatures Fire(int index, int squeezed, int expanded)
    {
        Fire fire = new(layers / $"{index}", width, squeezed, expanded, Activation.Relu);
        width = 2 * expanded;
        return Then(x => fire.Forward(x));
    }

    private LpipsFeatures Then(Func<Tensor, Tensor> step)
    {
        stages[^1].Add(step);
        return this;
    }

    private LpipsFeatures Tap()
    {
        channels.Add(width);
        stages.Add([]);
        return this;
    }
}

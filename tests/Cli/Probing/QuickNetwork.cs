using MiniGrad.Formats.Weights;
using MiniGrad.Nn;
using MiniGrad.Nn.Layers;
using MiniGrad.Nn.Networks;
using MiniGrad.Probes;

namespace MiniGrad.Tests.Cli.Probing;

/// <summary>
/// 16 units of tanh or ReLU between images of the digits set and 10 classes, with random weights: curved, and quick to
/// differentiate twice. Its passes are counted.
/// </summary>
internal sealed class QuickNetwork : StandardNetwork
{
    /// <summary>With this first word the test program runs a command line that may name these networks.</summary>
    public const string Command = "minigrad-with-quick-networks";

    private const string Smooth = "test-quick-tanh";
    private const string Kinked = "test-quick-relu";
    private const int Units = 16;

    private readonly Linear first;
    private readonly Linear second;

    private QuickNetwork(Params p, ModelSettings settings, Activation activation) : base(p, settings, [1, 28, 28], 10, activation)
    {
        first = new(p / "fc1", 784, Units);
        second = new(p / "fc2", Units, ClassCount);
    }

    public override Tensor Forward(Tensor x, Pass? pass = null)
    {
        CountingNetwork.Passed();
        return second.Forward(Activation.Apply(first.Forward(x.Flatten(), pass)), pass);
    }

    /// <summary>Writes weights that name their network, and returns the file; none bends where the slope is 0.</summary>
    public static string Write(string path, bool smooth = true, double slope = 1)
    {
        Register();
        Rng rng = new Rng(7).At("quick network");
        Tensor Normal(string name, double scale, params int[] shape) =>
            Tensor.From([.. rng.At(name).Normal(shape.Aggregate(1, (a, b) => a * b)).Select(v => (float)(scale * v))], new Shape(shape));
        Safetensors.Write(path,
            [
                ("fc1.weight", Normal("first", 0.15, Units, 784)), ("fc1.bias", Normal("bias", 0.3, Units)),
                ("fc2.weight", Normal("second", slope, 10, Units)), ("fc2.bias", Normal("last", 0.1, 10)),
            ],
            new Dictionary<string, string> { ["architecture"] = smooth ? Smooth : Kinked, ["data_set"] = "digits" });
        return path;
    }

    /// <summary>Runs a command in a process of its own.</summary>
    public static int Run(string[] arguments)
    {
        Register();
        return MiniGrad.Cli.Program.Main(arguments);
    }

    private static void Register()
    {
        ModelCatalog.Add(new(Smooth, "for tests of probes", (p, settings) => new QuickNetwork(p, settings, Activation.Tanh)));
        ModelCatalog.Add(new(Kinked, "for tests of probes", (p, settings) => new QuickNetwork(p, settings, Activation.Relu)));
    }

    /// <summary>The network of such a file as the command sees it.</summary>
    public static Classifier Read(string path, Activation? activation = null, DType type = DType.F64)
    {
        using SafetensorsFile file = SafetensorsFile.Open(path);
        return new(ModelCatalog.Load(file.Metadata["architecture"], path, new() { Activation = activation }, type));
    }
}

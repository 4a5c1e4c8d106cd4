using MiniGrad.Formats.Weights;
using MiniGrad.Nn;
using MiniGrad.Nn.Networks;

namespace MiniGrad.Tests.Cli;

/// <summary>
/// The shipped LeNet under another name, which lets a test act before any of its forward
/// passes: cancel a run, or look at its folder.
/// </summary>
internal sealed class CountingNetwork(Params p, int classes) : Network(p)
{
    private const string Name = "test-that-counts";

    private readonly Network inner = new LeNet5(p, new() { Classes = classes });

    /// <summary>Told the number of each pass, from 1 on; belongs to one thread.</summary>
    [ThreadStatic]
    private static Action<int>? pass;

    [ThreadStatic]
    private static int count;

    public override Shape InputShape => inner.InputShape;

    public override int ClassCount => inner.ClassCount;

    public override bool IsPiecewiseLinear => inner.IsPiecewiseLinear;

    public override IReadOnlyList<string> Taps => inner.Taps;

    /// <summary>Writes the weights to a file that names this network.</summary>
    public static string Write(string path)
    {
        ModelCatalog.Add(new(Name, "for tests of interrupted runs", (p, classes) => new CountingNetwork(p, classes)));
        using SafetensorsFile file = SafetensorsFile.Open(AttackFolder.Weights);
        Safetensors.Write(path, [.. file.Names.Select(name => (name, file.Read(name)))],
            new Dictionary<string, string> { ["architecture"] = Name });
        return path;
    }

    /// <summary>Runs something on this thread and returns how many passes it took.</summary>
    public static int During(Action run, Action<int>? before = null)
    {
        (pass, count) = (before, 0);
        try
        {
            run();
            return count;
        }
        finally
        {
            pass = null;
        }
    }

    /// <summary>Counts a pass of this network, or of another one that is to be interrupted.</summary>
    public static void Passed()
    {
        count++;
        pass?.Invoke(count);
    }

    public override Tensor Forward(Tensor x, Pass? pass = null)
    {
        Passed();
        return inner.Forward(x, pass);
    }
}

using System.Runtime.InteropServices;
using System.Text;
using MiniGrad.Nn;

namespace MiniGrad.Tests.Goldens;

/// <summary>
/// The parameters and images of catalog.jsonl: numbers computed from a name and an index; README.md beside the files
/// states the rule.
/// </summary>
public static class GoldenWeights
{
    private const double Steps = 1 << 24;

    /// <summary>Numbers that one thread computes at a time.</summary>
    private const int Piece = 1 << 18;

    /// <summary>FNV-1a of 64 bits, of the text's bytes in UTF-8.</summary>
    public static ulong Hash(string text)
    {
        ulong hash = 0xCBF29CE484222325;
        foreach (byte value in Encoding.UTF8.GetBytes(text)) hash = (hash ^ value) * 0x100000001B3;
        return hash;
    }

    /// <summary>24 mixed bits: the top of SplitMix64's number i from a seed (Steele et al., OOPSLA 2014).</summary>
    public static ulong Bits(ulong seed, ulong i)
    {
        ulong z = seed + (i + 1) * 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return (z ^ (z >> 31)) >> 40;
    }

    /// <summary>Numbers of a name in [middle − half, middle + half), rounded once.</summary>
    public static Tensor Tensor(string name, Shape shape, double middle, double half, DType type)
    {
        Tensor tensor = MiniGrad.Tensor.Empty(shape, type);
        Write(tensor, name, middle, half);
        return tensor;
    }

    /// <summary>Two images with pixels in [0, 1).</summary>
    public static Tensor Images(string name, Shape image, DType type) => Tensor(name, [2, .. image.ToArray()], 0.5, 0.5, type);

    /// <summary>Gives all parameters of a network the values of their names; it is fresh, or made without weights.</summary>
    public static void Fill(Network network)
    {
        foreach (Parameter parameter in network.Parameters)
        {
            (double middle, double half) = Interval(parameter.Name, parameter.Value.Shape);
            // What was drawn is the network's own, and too large to be held twice; a constant may be shared.
            bool isOwn = parameter.Value.Storage.Count == parameter.Value.Count;
            if (parameter.Value.Rank > 1 && isOwn) Write(parameter.Value, parameter.Name, middle, half);
            else parameter.Value = Tensor(parameter.Name, parameter.Value.Shape, middle, half, parameter.Value.Type);
        }
    }

    /// <summary>One line per parameter, its name and its sizes, in the order of code points.</summary>
    public static string Declared(Network network) => string.Join('\n', network.Parameters
        .Select(parameter => string.Join(' ', [parameter.Name, .. parameter.Value.Shape.ToArray()]))
        .Order(StringComparer.Ordinal));

    /// <summary>Where a summary of n values was sampled.</summary>
    public static int[] Samples(int n, int count)
    {
        if (n <= count) return [.. Enumerable.Range(0, n)];
        ulong seed = Hash("samples");
        return [.. Enumerable.Range(0, count).Select(i => (int)((Bits(seed, (ulong)i) * (ulong)n) >> 24))];
    }

    private static void Write(Tensor tensor, string name, double middle, double half)
    {
        CpuStorage storage = (CpuStorage)tensor.Storage;
        if (storage.Count != tensor.Count) throw new ArgumentException($"golden: \"{name}\" is a view.");
        ulong seed = Hash(name);
        Parallel.For(0, (int)((tensor.Count + Piece - 1) / Piece), piece =>
        {
            int first = piece * Piece;
            int end = (int)Math.Min(first + (long)Piece, tensor.Count);
            float value(int i) => (float)((long)Bits(seed, (ulong)i) * (2 / Steps) * half + (middle - half));
            if (tensor.Type == DType.F32)
            {
                Span<float> floats = MemoryMarshal.Cast<byte, float>(storage.Bytes);
                for (int i = first; i < end; i++) floats[i] = value(i);
            }
            else
            {
                Span<double> doubles = MemoryMarshal.Cast<byte, double>(storage.Bytes);
                for (int i = first; i < end; i++) doubles[i] = value(i);
            }
        });
    }

    private static (double Middle, double Half) Interval(string name, Shape shape)
    {
        // Of activations and logits that stay near one, however deep the network.
        if (shape.Rank == 3) return (0, 0.5);
        if (shape.Rank > 1) return (0, Math.Sqrt((shape.Rank == 4 ? 6.0 : 3.0) / (shape.Count / shape[0])));
        if (name.EndsWith("running_var", StringComparison.Ordinal)) return (1, 0.5);
        if (name.EndsWith("running_mean", StringComparison.Ordinal)) return (0, 0.2);
        if (!name.EndsWith(".weight", StringComparison.Ordinal)) return (0, 0.1);
        bool last = name.EndsWith("bn2.weight", StringComparison.Ordinal) || name.EndsWith("bn3.weight", StringComparison.Ordinal);
        return last ? (0.25, 0.05) : (1, 0.2);
    }
}

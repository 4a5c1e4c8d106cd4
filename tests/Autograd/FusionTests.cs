using MiniGrad.Tests.Kernels;
using Xunit;

namespace MiniGrad.Tests.Autograd;

/// <summary>
/// Walks that record nothing fold sums and gates into the rules they pass; walks that record do not. Both must give the
/// same derivatives, on graphs made to break the folding.
/// </summary>
public class FusionTests
{
    private const int Channels = 5;

    private static readonly ConvOptions Padded = ConvOptions.Square(pad: 1);

    /// <summary>From the image, the filters, the shift and a matrix to a result and to inner tensors that are asked for too.</summary>
    private delegate (Tensor Result, Tensor[] Inner) Build(Tensor x, Tensor w, Tensor b, Tensor m);

    private static readonly Dictionary<string, Build> Graphs = new()
    {
        ["a chain"] = (x, w, b, m) => (Rectified(Rectified(Rectified(x, w, b), w, b), w, b), []),
        ["a chain with an inner maximum asked for"] = (x, w, b, m) =>
        {
            Tensor h = Rectified(x, w, b);
            return (Rectified(h, w, b), [h]);
        },
        ["every maximum asked for"] = (x, w, b, m) =>
        {
            Tensor h = Rectified(x, w, b);
            Tensor k = Rectified(h, w, b);
            Tensor y = Rectified(k, w, b);
            return (y, [h, k, y]);
        },
        ["image and residual are one tensor"] = (x, w, b, m) =>
        {
            Tensor h = Rectified(x, w, b);
            return (h.Conv2d(w, Padded, b, h, relu: true), []);
        },
        ["image and residual are one tensor, asked for"] = (x, w, b, m) =>
        {
            Tensor h = Rectified(x, w, b);
            return (h.Conv2d(w, Padded, b, h, relu: true), [h]);
        },
        ["image and filters are one tensor"] = (x, w, b, m) =>
        {
            Tensor h = Rectified(x, w, b).Slice(2, 0, 3).Slice(3, 0, 3).Contiguous();
            Tensor k = h.Conv2d(w, Padded, null, null, relu: true);
            Tensor five = Ops.Concat([k, k, k.Slice(0, 0, 1)], 0);
            return (five.Conv2d(five, Padded, null, null, relu: true), [five]);
        },
        ["a convolution, then a pointwise op"] = (x, w, b, m) =>
        {
            Tensor h = Rectified(x, w, b);
            Tensor first = h.Conv2d(w, Padded);
            return (first + h.Tanh(), []);
        },
        ["a pointwise op, then a convolution"] = (x, w, b, m) =>
        {
            Tensor h = Rectified(x, w, b);
            Tensor first = h.Tanh();
            return (h.Conv2d(w, Padded) + first, []);
        },
        ["two convolutions"] = (x, w, b, m) =>
        {
            Tensor h = Rectified(x, w, b);
            Tensor first = Rectified(h, w, b);
            Tensor second = h.Conv2d(w.Flip(2).Contiguous(), Padded, b, null, relu: true);
            return (first * second, [first]);
        },
        ["a shortcut around two convolutions"] = (x, w, b, m) =>
        {
            Tensor h = Rectified(x, w, b);
            return (Rectified(h, w, b).Conv2d(w, Padded, b, h, relu: true), []);
        },
        ["a shortcut with a convolution of its own"] = (x, w, b, m) =>
        {
            Tensor h = Rectified(x, w, b);
            Tensor shortcut = h.Conv2d(w.Slice(2, 1, 2).Slice(3, 1, 2).Contiguous(), new());
            return (Rectified(h, w, b).Conv2d(w, Padded, b, shortcut, relu: true), [shortcut]);
        },
        ["two blocks with shortcuts"] = (x, w, b, m) =>
        {
            Tensor h = Rectified(x, w, b);
            Tensor k = Rectified(h, w, b).Conv2d(w, Padded, b, h, relu: true);
            return (Rectified(k, w, b).Conv2d(w, Padded, null, k, relu: true), [k]);
        },
        ["a consumer that passes nothing back"] = (x, w, b, m) =>
        {
            Tensor h = Rectified(x, w, b);
            return (Rectified(h, w, b) * h.Floor() + h.Sign(), []);
        },
        ["a consumer whose own consumers pass nothing back"] = (x, w, b, m) =>
        {
            Tensor h = Rectified(x, w, b);
            return (Rectified(h, w, b) + h.Conv2d(w, Padded).Sign(), []);
        },
        ["a maximum between"] = (x, w, b, m) =>
        {
            Tensor h = Rectified(x, w, b);
            return (Rectified(h.MaxPool(2), w, b), [h]);
        },
        ["a maximum beside"] = (x, w, b, m) =>
        {
            Tensor h = Rectified(x, w, b);
            return (Rectified(h, w, b).MaxPool(2) + h.MaxPool(2), []);
        },
        ["a stride"] = (x, w, b, m) =>
        {
            Tensor h = Rectified(x, w, b);
            Tensor k = h.Conv2d(w, ConvOptions.Square(stride: 2, pad: 1), b, null, relu: true);
            return (Rectified(k, w, b) + h.AveragePool(2), [k]);
        },
        ["normalisations with a maximum"] = (x, w, b, m) =>
        {
            Tensor h = x.ChannelAffine(b, b * 2, relu: true);
            Tensor k = Rectified(h, w, b).ChannelAffine(b + 1, b, relu: true);
            return (k.Conv2d(w, Padded) + k.ChannelAffine(b - 1, null, relu: true) + h, [h]);
        },
        ["a normalisation last of two consumers"] = (x, w, b, m) =>
        {
            Tensor h = Rectified(x, w, b);
            Tensor k = h.ChannelAffine(b, b, relu: true);
            return (Rectified(h, w, b) + k.Square(), []);
        },
        ["linear maps"] = (x, w, b, m) =>
        {
            Tensor h = x.Mean([2, 3]).Linear(m, b, relu: true);
            Tensor k = h.Linear(m, b, relu: true);
            return (k.Linear(m, b) + h * k, [h]);
        },
        ["a matrix that is also the rows"] = (x, w, b, m) =>
        {
            Tensor h = m.Linear(m, b, relu: true);
            return (h.Linear(h, b, relu: true) + x.Mean(), [h]);
        },
        ["linear maps after convolutions"] = (x, w, b, m) =>
        {
            Tensor h = Rectified(x, w, b);
            Tensor features = h.Mean([2, 3]);
            Tensor k = features.Linear(m, b, relu: true);
            return (k.Linear(m, b, relu: true) + h.MaxPool(6).Reshape(2, Channels), [features]);
        },
        ["a gradient inside"] = (x, w, b, m) =>
        {
            Tensor h = Rectified(x, w, b);
            Tensor y = Rectified(h, w, b);
            Tensor inner = Gradient.Of(y.Square().Sum(), h, record: true);
            return (inner.Conv2d(w, Padded, b, h, relu: true) * y, [h]);
        },
        ["a gradient inside that is not recorded"] = (x, w, b, m) =>
        {
            Tensor h = Rectified(x, w, b);
            Tensor inner = Gradient.Of(Rectified(h, w, b).Square().Sum(), h);
            return (Rectified(h * inner, w, b) + h, [h]);
        },
    };

    public static TheoryData<string> Names => [.. Graphs.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void GivesWhatARecordedWalkGives(string name)
    {
        foreach (DType type in (ReadOnlySpan<DType>)[DType.F32, DType.F64])
        {
            Tensor[] leaves =
            [
                Numbers.Random([2, Channels, 6, 6], type, "x").Tracked(),
                Numbers.Random([Channels, Channels, 3, 3], type, "w", -0.4, 0.5).Tracked(),
                Numbers.Random([Channels], type, "b").Tracked(), Numbers.Random([Channels, Channels], type, "m").Tracked(),
            ];
            (Tensor y, Tensor[] inner) = Graphs[name](leaves[0], leaves[1], leaves[2], leaves[3]);
            Tensor seed = Numbers.Random(y.Shape, type, "seed");
            // Together, in which case weights are asked for too; the image and the inner tensors alone; each alone.
            Compare(y, [.. leaves, .. inner], seed, $"{name} {type}, all");
            Compare(y, [leaves[0], .. inner], seed, $"{name} {type}, image");
            foreach (Tensor one in (Tensor[])[.. leaves, .. inner]) Compare(y, [one], seed, $"{name} {type}, {one.Shape} alone");
        }
    }

    /// <summary>A Hessian-vector product: a walk that folds over a graph that a recorded walk left.</summary>
    [Theory]
    [MemberData(nameof(Names))]
    public void SecondDerivativesFoldToo(string name)
    {
        Tensor[] leaves =
        [
            Numbers.Random([2, Channels, 6, 6], DType.F64, "x").Tracked(),
            Numbers.Random([Channels, Channels, 3, 3], DType.F64, "w", -0.4, 0.5).Tracked(),
            Numbers.Random([Channels], DType.F64, "b").Tracked(), Numbers.Random([Channels, Channels], DType.F64, "m").Tracked(),
        ];
        (Tensor y, _) = Graphs[name](leaves[0], leaves[1], leaves[2], leaves[3]);
        Tensor[] first = Gradient.Of(y.Square().Sum(), [leaves[0], leaves[3]], record: true);
        for (int i = 0; i < first.Length; i++)
        {
            Compare(first[i], leaves, Numbers.Random(first[i].Shape, DType.F64, "v"), $"{name}, gradient {i}");
        }
    }

    private static Tensor Rectified(Tensor x, Tensor w, Tensor b) => x.Conv2d(w, Padded, b, null, relu: true);

    private static void Compare(Tensor y, Tensor[] xs, Tensor seed, string what)
    {
        Tensor[] expected = Gradient.Of(y, xs, seed, record: true);
        Tensor[] actual = Gradient.Of(y, xs, seed);
        for (int i = 0; i < xs.Length; i++)
        {
            double[] values = Numbers.Doubles(expected[i]);
            double size = values.Max(Math.Abs);
            // Sums of a few hundred numbers in another order.
            Numbers.Close(values, Numbers.Doubles(actual[i]), _ => 1000 * Numbers.Epsilon(y.Type) * size, $"{what}, {i}");
        }
    }
}

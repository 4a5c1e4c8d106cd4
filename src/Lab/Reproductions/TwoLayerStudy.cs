using MiniGrad.Charts;
using MiniGrad.Charts.Planes;
using MiniGrad.Charts.Tables;
using MiniGrad.Data;
using MiniGrad.Lab.Attacks;
using MiniGrad.Nn;
using MiniGrad.Probes;
using MiniGrad.Probes.NullSpaces;

namespace MiniGrad.Lab.Reproductions;

/// <summary>The one-step null space of a two-layer network between an eight and a nine, as the null-space study shows it.</summary>
internal static class TwoLayerStudy
{
    /// <summary>Confidences that differ by no more are the same.</summary>
    private const double Tolerance = 1e-3;

    /// <summary>Logits that move by no more of their size moved by rounding: the network computes in single precision.</summary>
    private const double Rounding = 1e-5;

    /// <summary>Pairs of images whose steps are averaged.</summary>
    private const int PairCount = 20;

    public static ReportSection Section(Network network, ImageDataSet data, string weights)
    {
        Classifier classifier = new(network);
        TwoLayerNullSpace space = new(
            Weight(network, "fc1.weight"), Weight(network, "fc1.bias"), Weight(network, "fc2.weight"), Weight(network, "fc2.bias"));
        Tensor source = FirstOf(classifier, data, 8);
        Tensor target = FirstOf(classifier, data, 9);
        NullSpaceStep found = space.Find(Doubles(source), Doubles(target));
        float[] result = [.. Doubles(source).Zip(found.Step, (s, d) => (float)(s + d))];
        Tensor unclamped = Tensor.From(result, source.Shape);
        ClassPair Pair(Tensor image) =>
            new(Logits.Confidence(classifier.Logits(image), [8])[0], Logits.Confidence(classifier.Logits(image), [9])[0]);
        (ClassPair before, ClassPair after) = (Pair(unclamped), Pair(unclamped.Clamp(0, 1)));
        TwoLayerFigure figure = new($"One null-space step of {weights} from an 8 towards a 9.",
            data.ClassNames[8], data.ClassNames[9], Pictures.Of(source), Pictures.Of(target),
            [.. found.Step.Select(v => (float)v)], result,
            Pair(source), Pair(target), before, after, found.Held, found.Rank, found.StepRatio);
        FilledTemplate text = Template.Embedded("TwoLayer.md").Fill(Values(space, found.LogitError, before, after));
        return new(text["step"].Title, text["step"].Text, [figure, Pairs(space, classifier, data, text["pairs-note"].Text)]);
    }

    /// <summary>All numbers and all conditions of TwoLayer.md.</summary>
    /// <param name="space">The network.</param>
    /// <param name="error">How far the logits moved, of their size.</param>
    /// <param name="before">The confidences before pixels are clamped.</param>
    /// <param name="after">The confidences after that.</param>
    public static TemplateValues Values(TwoLayerNullSpace space, double error, ClassPair before, ClassPair after) => new()
    {
        { "error", ReportNumber.Short(error) },
        { "is_exact", error <= Rounding },
        { "clamp_matters", Math.Max(Math.Abs(before.Source - after.Source), Math.Abs(before.Target - after.Target)) > Tolerance },
        { "tolerance", ReportNumber.Short(Tolerance) },
        { "units", $"{space.Units}" },
        { "inputs", $"{space.Inputs}" },
    };

    private static SummaryTable Pairs(TwoLayerNullSpace space, Classifier classifier, ImageDataSet data, string note)
    {
        NullSpaceStep[] steps = [.. PairSelection.Random(classifier, data, PairCount, seed: 0)
            .Select(pair => space.Find(Doubles(data.Images([pair.Source])), Doubles(data.Images([pair.Target]))))];
        TableCell Spread(Func<NullSpaceStep, double> value, int decimals)
        {
            (double mean, double deviation) = Statistics.Spread(steps.Select(value));
            return TableCell.Spread(mean, deviation, decimals);
        }
        return new($"The same step between {PairCount} random pairs.",
            [new("rule"), new("|vₚ| / |v|", true), new("units held", true), new("rank", true), new("largest logit error", true)],
            [[
                TableCell.Words("flip-free"), Spread(s => s.StepRatio, 3), Spread(s => s.Held, 0), Spread(s => s.Rank, 0),
                TableCell.Words(ReportNumber.Short(steps.Max(s => s.LogitError))),
            ]],
            note);
    }

    private static Tensor Weight(Network network, string name) => network.Parameters.First(p => p.Name == name).Value;

    private static double[] Doubles(Tensor x) => x.Cast(DType.F64).ToArray<double>();

    private static Tensor FirstOf(Classifier classifier, ImageDataSet data, int label)
    {
        for (int i = 0; i < data.Count; i++)
        {
            if (data.Labels[i] != label) continue;
            Tensor image = data.Images([i]);
            if (Logits.Confidence(classifier.Logits(image), [label])[0] > 0.6) return image;
        }
        throw new ArgumentException($"two-layer study: no image of class {label} in {data.Name} is classified right with confidence 0.6.");
    }
}

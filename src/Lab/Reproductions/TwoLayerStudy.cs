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
    public static ReportSection Section(Network network, ImageDataSet data, string weights)
    {
        Classifier classifier = new(network);
        TwoLayerNullSpace space = new(Weight(network, "fc1.weight"), Weight(network, "fc1.bias"), Weight(network, "fc2.weight"), Weight(network, "fc2.bias"));
        Tensor source = FirstOf(classifier, data, 8);
        Tensor target = FirstOf(classifier, data, 9);
        NullSpaceStep found = space.Find(Doubles(source), Doubles(target));
        float[] result = [.. Doubles(source).Zip(found.Step, (s, d) => (float)(s + d))];
        Tensor unclamped = Tensor.From(result, source.Shape);
        ClassPair Pair(Tensor image) => new(Confidence.Of(classifier.Logits(image), [8])[0], Confidence.Of(classifier.Logits(image), [9])[0]);
        TwoLayerFigure figure = new($"One null-space step of {weights} from an 8 towards a 9.", data.ClassNames[8], data.ClassNames[9], Pictures.Of(source), Pictures.Of(target),
            [.. found.Step.Select(v => (float)v)], result, Pair(source), Pair(target), Pair(unclamped), Pair(unclamped.Clamp(0, 1)), found.Held, found.Rank, found.StepRatio);
        return new("One exact step", "A network of two layers is linear while no unit crosses its kink. "
            + $"The largest part of the way from source to target that changes no logit is found by a projection (units held so that none crosses; logits move by {ReportNumber.Short(found.LogitError)} of their size). "
            + "Exactness ends where pixels are clamped to [0, 1].", [figure, Pairs(space, classifier, data)]);
    }

    private static SummaryTable Pairs(TwoLayerNullSpace space, Classifier classifier, ImageDataSet data)
    {
        const int pairs = 20;
        NullSpaceStep[] steps = [.. PairSelection.Random(classifier, data, pairs, seed: 0)
            .Select(pair => space.Find(Doubles(data.Images([pair.Source])), Doubles(data.Images([pair.Target]))))];
        TableCell Spread(Func<NullSpaceStep, double> value, int decimals)
        {
            (double mean, double deviation) = Statistics.Spread(steps.Select(value));
            return TableCell.Spread(mean, deviation, decimals);
        }
        return new($"The same step between {pairs} random pairs.",
            [new("rule"), new("|v\u209A| / |v|", true), new("units held", true), new("rank", true), new("largest logit error", true)],
            [[TableCell.Words("flip-free"), Spread(s => s.StepRatio, 3), Spread(s => s.Held, 0), Spread(s => s.Rank, 0), TableCell.Words(ReportNumber.Short(steps.Max(s => s.LogitError)))]],
            $"Of {space.Units} units and {space.Inputs} pixels. The step is as long as the constraints leave room for: 1 would be the target itself.");
    }

    private static Tensor Weight(Network network, string name) => network.Parameters.First(p => p.Name == name).Value;

    private static double[] Doubles(Tensor x) => x.Cast(DType.F64).ToArray<double>();

    private static Tensor FirstOf(Classifier classifier, ImageDataSet data, int label)
    {
        for (int i = 0; i < data.Count; i++)
        {
            if (data.Labels[i] != label) continue;
            Tensor image = data.Images([i]);
            if (Confidence.Of(classifier.Logits(image), [label])[0] > 0.6) return image;
        }
        throw new ArgumentException($"two-layer study: no image of class {label} in {data.Name} is classified right with confidence 0.6.");
    }
}

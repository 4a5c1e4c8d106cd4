using MiniGrad.Data;
using MiniGrad.Nn;
using MiniGrad.Probes;
using MiniGrad.Probes.Attacks;

namespace MiniGrad.Tests.Docs;

/// <summary>The README's example: the lines between the marks stand there word for word.</summary>
internal static class ReadmeExample
{
    public static void Run(TextWriter output)
    {
        // <readme>
        Network network = ModelCatalog.Load("lenet5-digits");
        Classifier classifier = new(network);
        ImageDataSet digits = DataSets.Open("digits", Split.Test);

        // Walk ten digits towards images of other classes, on the level set of the network's confidence.
        ImagePair[] pairs = PairSelection.Random(classifier, digits, count: 10, seed: 0);
        int[] labels = [.. pairs.Select(pair => digits.Labels[pair.Source])];
        Tensor sources = digits.Images([.. pairs.Select(pair => pair.Source)]);
        Tensor targets = digits.Images([.. pairs.Select(pair => pair.Target)]);
        AttackResult walk = new Lst(Iterations: 200).Run(classifier, new Examples(sources, labels) { Targets = targets });
        foreach (ExampleResult e in walk.Examples)
        {
            output.WriteLine(
                $"{e.SourceClass}: confidence {e.SourceConfidence:F3} -> {e.Confidence:F3}, {e.Rmse:F3} from the target, {e.Status}");
        }

        // Any derivative of anything: the curvature of the loss along the pixel change that raises it fastest.
        Tensor Loss(Tensor image) => network.Forward(image).CrossEntropy(labels, LossReduction.Sum);
        Tensor v = Threat.L2(1).Steepest(Gradient.Of(Loss, sources));
        output.WriteLine($"v'Hv = {(v * Hessian.Times(Loss, sources, v)).Sum().Item():F4}");
        // </readme>
    }
}

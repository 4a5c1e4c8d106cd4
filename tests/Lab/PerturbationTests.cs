using MiniGrad.Lab.Reproductions;
using MiniGrad.Probes;
using Xunit;

namespace MiniGrad.Tests.Lab;

/// <summary>The perturbed images of the study: they stay images, and do what their names say.</summary>
public class PerturbationTests
{
    private static readonly CurvatureSubject Subject = StudySubjects.Smooth;
    private static readonly int[] Victims = Subject.Correct(0)[..20];
    private static readonly int[] Crafting = Subject.Correct(0)[20..60];

    [Fact]
    public void CorrectImagesAreThoseOfTheNetworkInAnOrderOfTheSeed()
    {
        int[] correct = Subject.Correct(0);
        Assert.Equal(Enumerable.Range(0, 240).Where(i => i % 8 != 7), correct.Order());
        Assert.Equal(correct, Subject.Correct(0));
        Assert.NotEqual(correct, Subject.Correct(1));
        int[] first = Subject.PredictedAs(0, 3);
        Assert.Equal(first, Enumerable.Range(0, 240).Where(i => Subject.Predicted[i] == 0).Take(3));
        Assert.Equal(3, first.Length);
    }

    [Fact]
    public void EachKindStaysInTheBoxAndWithinItsStrength()
    {
        double[] images = Subject.Images(Victims).ToArray<double>();
        Perturbation[] all = Perturbation.All(Subject.Epsilon);
        Assert.Equal(["pgd", "deepfool-x1.02", "deepfool-x2", "deepfool-x5", "universal-1", "universal-2", "universal-3"],
            all.Select(p => p.Key));
        foreach (Perturbation perturbation in all)
        {
            double[] perturbed = perturbation.Of(Subject, Victims, Crafting, 0, default).ToArray<double>();
            Assert.Equal(images.Length, perturbed.Length);
            Assert.All(perturbed, pixel => Assert.InRange(pixel, 0, 1));
            double largest = images.Zip(perturbed, (a, b) => Math.Abs(a - b)).Max();
            Assert.True(largest > 0, perturbation.Key);
            if (perturbation.Kind != "deepfool") Assert.InRange(largest, 0, perturbation.Strength + 1e-9);
            Assert.Equal(perturbed, perturbation.Of(Subject, Victims, Crafting, 0, default).ToArray<double>());
        }
    }

    [Fact]
    public void AUniversalPerturbationIsTheSameForAll()
    {
        double[] images = Subject.Images(Victims).ToArray<double>();
        double[] perturbed = Perturbation.All(Subject.Epsilon).Single(p => p.Key == "universal-1")
            .Of(Subject, Victims, Crafting, 0, default).ToArray<double>();
        for (int pixel = 0; pixel < StudySubjects.Pixels; pixel++)
        {
            // Where the box cut nothing off.
            double[] changes = [.. Enumerable.Range(0, Victims.Length).Select(n => n * StudySubjects.Pixels + pixel)
                .Where(i => perturbed[i] is > 0 and < 1).Select(i => perturbed[i] - images[i])];
            Assert.InRange(changes.Max() - changes.Min(), 0, 1e-12);
        }
    }

    [Fact]
    public void AcrossTheBoundaryTheClassIsAnother()
    {
        Perturbation[] deepFool = [.. Perturbation.All(Subject.Epsilon).Where(p => p.Kind == "deepfool")];
        Assert.Equal([1.02, 2, 5], deepFool.Select(p => p.Strength));
        double[] images = Subject.Images(Victims).ToArray<double>();
        double[][] lengths = [.. deepFool.Select(p => Lengths(images, p.Of(Subject, Victims, Crafting, 0, default).ToArray<double>()))];
        int[] after = Logits.Prediction(Subject.Classifier.Logits(deepFool[0].Of(Subject, Victims, Crafting, 0, default)));
        for (int n = 0; n < Victims.Length; n++)
        {
            Assert.NotEqual(Subject.Predicted[Victims[n]], after[n]);
            Assert.True(lengths[0][n] < lengths[1][n] && lengths[1][n] < lengths[2][n], $"{lengths[0][n]} {lengths[1][n]} {lengths[2][n]}");
        }
    }

    [Fact]
    public void ARadiusIsFoundForAShareOfSuccess()
    {
        double radius = Perturbation.EpsilonFor(Subject, 0.6, 0, default);
        int[] indices = Subject.Correct(0)[..100];
        int Moved(double epsilon) =>
            Logits.Prediction(Subject.Classifier.Logits(Perturbation.Pgd(epsilon).Of(Subject, indices, [], 0, default)))
            .Zip(indices).Count(p => p.First != Subject.Predicted[p.Second]);
        Assert.InRange(Moved(radius), 60, 65);
        Assert.InRange(Moved(radius - 1.0 / 512), 50, 60);
    }

    private static double[] Lengths(double[] images, double[] perturbed) =>
        [.. images.Zip(perturbed, (a, b) => (b - a) * (b - a)).Chunk(StudySubjects.Pixels).Select(d => Math.Sqrt(d.Sum()))];
}

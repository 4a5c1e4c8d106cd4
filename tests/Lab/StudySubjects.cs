using MiniGrad.Data;
using MiniGrad.Lab.Reproductions;
using MiniGrad.Nn.Weights;
using MiniGrad.Probes;
using MiniGrad.Tests.Probes;
using MiniGrad.Tests.Probes.Curvature;

namespace MiniGrad.Tests.Lab;

/// <summary>Networks on random images of 5 × 5 pixels and 4 classes, small enough for a whole study in a second.</summary>
internal static class StudySubjects
{
    public const int Pixels = 25;
    public const int Classes = 4;
    private const int Images = 240;

    private static readonly Shape Shape = new([1, 5, 5]);
    private static readonly Classifier Tanh = Bodies.Smooth(Pixels, Classes);

    /// <summary>Two layers of tanh.</summary>
    public static CurvatureSubject Smooth { get; } = Of("smooth", new Classifier(x => Tanh.Logits((x - 0.5) * 6), Shape, Classes));

    /// <summary>Two layers of ReLU.</summary>
    public static CurvatureSubject Kinked { get; } = Of("kinked",
        new Classifier(ClosedForm.TwoLayer(Shape, Classes).Logits, Shape, Classes) { IsPiecewiseLinear = true });

    /// <summary>Every eighth image has another label than its class to the network.</summary>
    public static CurvatureSubject Of(string key, Classifier classifier)
    {
        byte[] pixels = new byte[Images * Pixels];
        float[] uniform = new Rng(11).At("study images").Uniform(pixels.Length);
        for (int i = 0; i < pixels.Length; i++) pixels[i] = (byte)(256 * uniform[i]);
        string[] names = ["round", "square", "a,b", "long"];
        ImageDataSet unlabelled = new("dots", 1, 5, 5, pixels, new int[Images], names);
        int[] predicted = Logits.Prediction(classifier.Logits(unlabelled.Images(0, Images).Cast(DType.F64)));
        int[] labels = [.. predicted.Select((c, i) => i % 8 == 7 ? (c + 1) % Classes : c)];
        WeightRecord record = new(key, $"{key}.safetensors", new string('0', 64),
            key, "dots", new([0], [1]), "none", 1, 1, 1, Images, Images, "MIT", 1);
        return new(key, $"A {key} network", classifier, new("dots", 1, 5, 5, pixels, labels, names), predicted, record, 0.1);
    }
}

using MiniGrad.Data;
using MiniGrad.Lab.Models;
using MiniGrad.Nn;
using MiniGrad.Nn.Weights;
using MiniGrad.Probes;
using MiniGrad.Probes.Curvature;
using MiniGrad.Training;

namespace MiniGrad.Lab.Reproductions;

/// <summary>A trained network and the test images it is studied on.</summary>
/// <param name="Key">The name of its weights, also of its files.</param>
/// <param name="Title">For readers.</param>
/// <param name="Classifier">In double.</param>
/// <param name="Set">The test images.</param>
/// <param name="Predicted">The class of every test image to the network.</param>
/// <param name="Record">The row of its weights.</param>
/// <param name="Epsilon">The L∞ radius of the study's PGD on these images.</param>
internal sealed record CurvatureSubject(
    string Key, string Title, Classifier Classifier, ImageDataSet Set, int[] Predicted, WeightRecord Record, double Epsilon)
{
    /// <summary>Test images that the network gets wrong; none of them is used for detection.</summary>
    public int Wrong => Predicted.Where((c, i) => c != Set.Labels[i]).Count();

    public HessianMethod Method => HessianMethod.Usual(Classifier);

    public AverageMethod Average(CurvaturePreset preset) => Classifier.IsPiecewiseLinear ? new ExactTrace() : preset.Smooth;

    /// <summary>The networks of the study: with ReLU and max pooling as it has them, and smooth ones that need no differences.</summary>
    public static IEnumerable<CurvatureSubject> All(string? dataFolder, Device device, Session session, ProgressLine line)
    {
        (string Weights, string Title, double Epsilon)[] rows =
        [
            ("lenet5-mnist", "LeNet-5 with ReLU on MNIST", 50.0 / 255),
            ("lenet5-tanh-mnist", "LeNet-5 with tanh on MNIST", 50.0 / 255),
            ("lenet5-fashion", "LeNet-5 with ReLU on Fashion-MNIST", 16.0 / 255),
            ("lenet5-tanh-fashion", "LeNet-5 with tanh on Fashion-MNIST", 16.0 / 255),
        ];
        foreach ((string weights, string title, double epsilon) in rows)
        {
            (Network network, WeightRecord record) = ShippedWeights.Load("reproduce curvature", weights, DType.F64, device);
            ImageDataSet set = new DataSource(record.DataSet) { DataFolder = dataFolder }.Load();
            line.Show(() => $"{title}: predicting {set.Count} images");
            int[] predicted = Evaluator.Predict(new CastNetwork(network, DType.F64), set, set.Count, null, session.Notes);
            yield return new(weights, title, new(network) { Notes = session.Notes }, set, predicted, record, epsilon);
        }
    }

    /// <summary>The first images that the network calls a class.</summary>
    public int[] PredictedAs(int label, int count) => [.. Enumerable.Range(0, Set.Count).Where(i => Predicted[i] == label).Take(count)];

    /// <summary>The numbers of images that the network gets right, in an order drawn from the seed.</summary>
    public int[] Correct(long seed) =>
        [.. new Rng(seed).At("curvature study").At(Set.Name).Permutation(Set.Count).Where(i => Predicted[i] == Set.Labels[i])];

    public Tensor Images(int[] indices) => Set.Images(indices).Cast(DType.F64);
}

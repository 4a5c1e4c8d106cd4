using System.Text.Json.Serialization;
using MiniGrad.Lab.Attacks;
using MiniGrad.Probes;
using MiniGrad.Probes.Attacks;
using MiniGrad.Probes.Regions;

namespace MiniGrad.Lab.Reproductions;

/// <summary>How near a walk came to its target.</summary>
internal enum WalkMeasure
{
    /// <summary>The perceptual distance at the end.</summary>
    Perceptual,

    /// <summary>Its share of the distance between source and target, which no scale of the metric changes.</summary>
    PerceptualShare,

    /// <summary>The root mean square difference at the end, which needs no network.</summary>
    Rmse,
}

/// <summary>One walk from a source towards a target, as the study counts it.</summary>
/// <param name="Source">The number of the source in the data set.</param>
/// <param name="Target">That of the target.</param>
/// <param name="StartDistance">The perceptual distance between source and target.</param>
/// <param name="Distance">That to the target at the end.</param>
/// <param name="Kept">Whether the network still says the source's class as confidently as asked.</param>
internal sealed record WalkRow(
    int Source, int Target, int SourceClass, int TargetClass, [property: JsonConverter(typeof(StatusWord))] ExampleStatus Status,
    double StartConfidence, double Confidence, double StartDistance, double Distance, double StartRmse, double Rmse, bool Kept,
    int Iterations)
{
    [JsonIgnore]
    public bool IsWrong => Status == ExampleStatus.SourceMisclassified;

    /// <summary>Whether any rate can include it.</summary>
    [JsonIgnore]
    public bool Counts => IsWrong || Status is not (ExampleStatus.SameClass or ExampleStatus.NonFinite or ExampleStatus.Interrupted);

    public WalkEnd End(WalkMeasure measure)
    {
        double distance = measure switch
        {
            WalkMeasure.Perceptual => Distance,
            WalkMeasure.PerceptualShare => Distance / StartDistance,
            _ => Rmse,
        };
        return new(SourceClass, TargetClass, Kept ? distance : double.PositiveInfinity, IsWrong);
    }
}

/// <summary>The walks of one network, and the images of one source of each class towards all targets.</summary>
/// <param name="Attack">The attack as it prints itself.</param>
/// <param name="Images">The ends of the first source of each class, [target][source], as bytes
/// of pixels; empty where none was made.</param>
/// <param name="Confidences">The confidence of the source's class at these.</param>
internal sealed record Walks(string Attack, WalkRow[] Rows, byte[][][] Images, double[][] Confidences)
{
    /// <summary>Pairs that are walked together.</summary>
    private const int Together = 100;

    public IEnumerable<WalkEnd> Ends(WalkMeasure measure = WalkMeasure.Perceptual) =>
        Rows.Where(row => row.Counts).Select(row => row.End(measure));

    /// <summary>The share of walks that end nearer to their target than a threshold.</summary>
    public SuccessShare Success(WalkMeasure measure, double threshold, WrongSources wrong = WrongSources.Excluded) =>
        SuccessMatrix.Of(Ends(measure), Confidences.Length, threshold, wrong, orAt: measure == WalkMeasure.Rmse).Overall;

    /// <summary>How many walks kept the confidence, and of how many that a rate can include.</summary>
    [JsonIgnore]
    public (int Count, int Of) Kept => (Rows.Count(row => row.Kept), Rows.Count(row => row.Counts && !row.IsWrong));

    /// <summary>The mean share of the way, root mean square, that is left at the end of the walks that were made.</summary>
    [JsonIgnore]
    public double WayLeft => Rows.Where(row => row.Counts && !row.IsWrong).Select(row => row.Rmse / row.StartRmse)
        .DefaultIfEmpty(double.NaN).Average();

    /// <summary>Walks from the first sources of every class to the target of every other one.</summary>
    /// <param name="attack">NSPGD.</param>
    /// <param name="classifier">The network.</param>
    /// <param name="setting">Images, metric and seed.</param>
    /// <param name="targets">The target of each class.</param>
    /// <param name="sourcesPerClass">How many sources each class has, as far as there are so many.</param>
    /// <param name="progress">Told how many pairs are done, and of how many.</param>
    /// <param name="cancellation">Stops between steps; what was done is lost.</param>
    public static Walks Of(
        Traversal attack, Classifier classifier, InvarianceSetting setting, int[] targets, int sourcesPerClass,
        Action<int, int> progress, CancellationToken cancellation)
    {
        int classes = setting.Data.ClassCount;
        int[][] sources = [.. Enumerable.Range(0, classes).Select(label => Enumerable.Range(0, setting.Data.Count)
            .Where(i => setting.Data.Labels[i] == label && !targets.Contains(i)).Take(sourcesPerClass).ToArray())];
        ImagePair[] pairs = [.. sources.SelectMany(of => of).SelectMany(source => targets
            .Where((_, target) => target != setting.Data.Labels[source]).Select(target => new ImagePair(source, target)))];
        byte[][][] images = Square(classes, () => Array.Empty<byte>());
        double[][] confidences = Square(classes, () => double.NaN);
        List<WalkRow> rows = [];
        for (int first = 0; first < pairs.Length; first += Together)
        {
            cancellation.ThrowIfCancellationRequested();
            progress(first, pairs.Length);
            ImagePair[] part = pairs[first..Math.Min(first + Together, pairs.Length)];
            AttackInput input = AttackInput.Traversals(setting.Data, part, DType.F32);
            AttackResult result = attack.Run(classifier, input.Examples(),
                new() { Seed = setting.Seed, FirstIndex = first, ChunkSize = Together, Cancellation = cancellation });
            cancellation.ThrowIfCancellationRequested();
            double[] before = setting.Metric.Distance(input.Sources, input.Targets!);
            using RowBuffer<double> lengths = Probes.Rows.L2(input.Targets! - input.Sources);
            double size = Math.Sqrt(classifier.InputShape.Count);
            double[] distances = setting.Metric.Distance(result.Output, input.Targets!);
            for (int i = 0; i < part.Length; i++)
            {
                ExampleResult e = result.Examples[i];
                (int source, int target) = (input.Labels[i], input.TargetLabels[i]);
                bool kept = e.Counts && e.Status != ExampleStatus.InitFailed && attack.Keeps(e);
                rows.Add(new(part[i].Source, part[i].Target, source, target, e.Status, e.SourceConfidence, e.Confidence,
                    before[i], distances[i], lengths[i] / size, e.Rmse, kept, e.Iterations));
                if (images[target][source].Length > 0 || !e.Counts || !sources[source].Contains(part[i].Source)) continue;
                images[target][source] = Bytes(result.Output.TakeIndices(0, [i]));
                confidences[target][source] = e.Confidence;
            }
        }
        return new(attack.ToString(), [.. rows], images, confidences);
    }

    /// <summary>
    /// The target of each class: its first image that all networks get right, as the authors' code does for CIFAR-10.
    /// </summary>
    /// <exception cref="InputException">There is none of some class.</exception>
    public static int[] Targets(InvarianceSetting setting)
    {
        // Weak networks get few of some class right.
        int count = setting.Data.Count;
        bool[] right = [.. Enumerable.Repeat(true, count)];
        foreach (InvarianceSubject subject in setting.Subjects)
        {
            int[] predicted = Training.Evaluator.Predict(subject.Network, setting.Data, count);
            for (int i = 0; i < count; i++) right[i] &= predicted[i] == setting.Data.Labels[i];
        }
        return [.. Enumerable.Range(0, setting.Data.ClassCount).Select(label =>
        {
            int found = Array.FindIndex(right, 0, ok => ok);
            for (; found >= 0 && found < count; found++)
            {
                if (right[found] && setting.Data.Labels[found] == label) return found;
            }
            throw new InputException($"reproduce invariance: among the first {count} images of {setting.Data.Name} there is none of class "
                + $"{setting.Data.ClassNames[label]} that all networks get right.");
        })];
    }

    /// <summary>Pixels in [0, 1] as bytes.</summary>
    public static byte[] Bytes(Tensor image) =>
        Array.ConvertAll(Pictures.Floats(image), v => (byte)Math.Round(255 * Math.Clamp(v, 0, 1)));

    /// <summary>And back.</summary>
    public static float[] Pixels(byte[] bytes) => Array.ConvertAll(bytes, b => b / 255f);

    private static T[][] Square<T>(int side, Func<T> cell) =>
        [.. Enumerable.Range(0, side).Select(_ => Enumerable.Range(0, side).Select(_ => cell()).ToArray())];
}

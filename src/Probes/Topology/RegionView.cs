namespace MiniGrad.Probes.Topology;

/// <summary>
/// How searches for many pairs of points look at a network: points lie on the host in double precision, are rounded to the type of
/// the images where the network sees them, and go through it in full batches, whichever pairs they belong to. Passes are counted for
/// each pair. What is seen of a point depends on that point alone.
/// </summary>
internal sealed class RegionView
{
    private readonly Classifier classifier;
    private readonly RunContext run;
    private readonly DType type;
    private readonly string what;
    private readonly double[] memory;

    /// <param name="classifier">The network.</param>
    /// <param name="type">The type of the images it is shown.</param>
    /// <param name="pairs">How many pairs are counted.</param>
    /// <param name="run">Cancellation, the size of a batch, and the number of the first pair.</param>
    /// <param name="what">What errors begin with.</param>
    public RegionView(Classifier classifier, DType type, int pairs, RunContext run, string what)
    {
        run.Check();
        (this.classifier, this.type, this.run, this.what) = (classifier, type, run, what);
        (Forwards, Gradients) = (new int[pairs], new int[pairs]);
        Size = (int)classifier.InputShape.Count;
        memory = new double[(long)run.ChunkSize * Size];
    }

    /// <summary>Numbers of a point.</summary>
    public int Size { get; }

    /// <summary>Whether points are seen in single precision.</summary>
    public bool IsSingle => type == DType.F32;

    /// <summary>Forward passes so far, per pair.</summary>
    public int[] Forwards { get; }

    /// <summary>Gradients so far, per pair.</summary>
    public int[] Gradients { get; }

    /// <summary>Looks at points one after the other.</summary>
    /// <param name="count">How many.</param>
    /// <param name="pair">The pair that a point belongs to.</param>
    /// <param name="write">Writes a point.</param>
    /// <param name="see">Is told its logits.</param>
    /// <param name="stage">What an error calls the point, such as "an end".</param>
    /// <exception cref="ArgumentException">A logit is NaN or infinite; the message names the pair and the stage.</exception>
    /// <exception cref="OperationCanceledException">The run was cancelled.</exception>
    public void Look(
        int count, Func<int, int> pair, Action<int, Span<double>> write, Action<int, ReadOnlySpan<double>> see, string stage)
    {
        for (int first = 0; first < count; first += run.ChunkSize)
        {
            run.Cancellation.ThrowIfCancellationRequested();
            int rows = Math.Min(run.ChunkSize, count - first);
            Write(first, rows, write);
            double[] logits = Arena.Step(() => Doubles(classifier.Logits(Batch(rows))), _ => []);
            for (int k = 0; k < rows; k++)
            {
                Forwards[pair(first + k)]++;
                ReadOnlySpan<double> line = Line(logits, rows, k);
                Check(line, pair(first + k), "logits", stage);
                see(first + k, line);
            }
        }
    }

    /// <summary>
    /// The same with the gradient of f_plus − f_minus at each point, classes that are chosen by its logits; it costs a pass forward and
    /// one back.
    /// </summary>
    public void Slopes(
        int count, Func<int, int> pair, Action<int, Span<double>> write, Func<int, ReadOnlySpan<double>, (int Plus, int Minus)> classes,
        Action<int, ReadOnlySpan<double>, ReadOnlySpan<double>> see, string stage) =>
        classifier.Batches.Run(count, run.ChunkSize, (first, rows) =>
        {
            run.Cancellation.ThrowIfCancellationRequested();
            Write(first, rows, write);
            (double[] logits, double[] slopes) = Arena.Step(
                () =>
                {
                    double[] z = [];
                    Tensor gradient = new Query(classifier, rows).Pull(Batch(rows), values =>
                    {
                        z = Doubles(values);
                        (int Plus, int Minus)[] chosen =
                            [.. Enumerable.Range(0, rows).Select(k => classes(first + k, Line(z, rows, k)))];
                        return
                        [
                            Logits.MarginCotangent(
                                values, Array.ConvertAll(chosen, c => c.Plus), Array.ConvertAll(chosen, c => c.Minus)),
                        ];
                    }).Gradients[0];
                    return (z, Doubles(gradient));
                }, _ => []);
            for (int k = 0; k < rows; k++)
            {
                int owner = pair(first + k);
                Forwards[owner]++;
                Gradients[owner]++;
                Check(Line(logits, rows, k), owner, "logits", stage);
                Check(slopes.AsSpan(k * Size, Size), owner, "gradient", stage);
                see(first + k, Line(logits, rows, k), slopes.AsSpan(k * Size, Size));
            }
        });

    private static ReadOnlySpan<double> Line(double[] logits, int rows, int row) =>
        logits.AsSpan(row * (logits.Length / rows), logits.Length / rows);

    private static double[] Doubles(Tensor x) => x.Detach().Cast(DType.F64).ToArray<double>();

    private void Write(int first, int rows, Action<int, Span<double>> write)
    {
        for (int k = 0; k < rows; k++) write(first + k, memory.AsSpan(k * Size, Size));
    }

    private Tensor Batch(int rows) => Tensor.From(
        (ReadOnlySpan<double>)memory.AsSpan(0, rows * Size), [rows, .. classifier.InputShape.ToArray()], classifier.Device).Cast(type);

    private void Check(ReadOnlySpan<double> numbers, int pair, string which, string stage)
    {
        if (Logits.AreFinite(numbers)) return;
        Throw.Argument($"{what} {run.FirstIndex + pair}: the {which} at {stage} are not finite. Check the weights of the network.");
    }
}

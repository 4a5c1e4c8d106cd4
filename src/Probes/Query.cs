namespace MiniGrad.Probes;

/// <summary>
/// Counted access to a classifier. A search sees only the rows that are still open; the query knows which examples
/// those are and charges them.
/// </summary>
public sealed class Query(Classifier classifier, int examples)
{
    private readonly int[] forwards = new int[examples];
    private readonly int[] gradients = new int[examples];
    private readonly bool[] vanished = new bool[examples];
    private Tensor? lastImages;
    private Tensor? lastLogits;

    /// <summary>The classifier whose passes are counted.</summary>
    public Classifier Classifier { get; } = classifier;

    /// <summary>Forward passes so far, per example; those inside gradients are counted here too.</summary>
    public IReadOnlyList<int> Forwards => forwards;

    /// <summary>Gradients so far, per example.</summary>
    public IReadOnlyList<int> Gradients => gradients;

    /// <summary>Whether an example ever met a gradient of exactly zero.</summary>
    public IReadOnlyList<bool> Vanished => vanished;

    /// <summary>Which example each row of the tensors in hand belongs to.</summary>
    public int[] Rows { get; set; } = [.. Enumerable.Range(0, examples)];

    /// <summary>
    /// The logits of images [rows, …]; free when the last call was about the same tensor. When the images are those of
    /// some rows only, <paramref name="positions"/> names these, and only they are charged.
    /// </summary>
    public Tensor Logits(Tensor images, int[]? positions = null)
    {
        if (ReferenceEquals(images, lastImages)) return lastLogits!;
        int[] examples = Examples(positions);
        Charge(forwards, examples);
        Tensor logits = Classifier.Logits(images.Detach());
        if (positions is null) Remember(images, logits);
        return logits;
    }

    /// <summary>The logits of the images that are rendered from points, under whose name they are remembered.</summary>
    internal Tensor Logits(Tensor points, Func<Tensor> render)
    {
        if (ReferenceEquals(points, lastImages)) return lastLogits!;
        Charge(forwards, Rows);
        Tensor logits = Classifier.Logits(render().Detach());
        Remember(points, logits);
        return logits;
    }

    /// <summary>
    /// ∂/∂point of the sum over rows of loss(logits) [rows]: each row's own gradient. Points are images unless they are told to be
    /// rendered first.
    /// </summary>
    public Tensor Gradient(Tensor images, Func<Tensor, Tensor> loss, Func<Tensor, Tensor>? render = null)
    {
        Charge(forwards, Rows);
        Charge(gradients, Rows);
        Tensor leaf = images.Detach().Tracked();
        Tensor logits = Classifier.Logits(render is null ? leaf : render(leaf));
        Remember(images, logits.Detach());
        Tensor gradient = MiniGrad.Gradient.Of(loss(logits).Sum(), leaf);
        using RowBuffer<double> largest = Probes.Rows.Linf(gradient);
        for (int i = 0; i < largest.Count; i++) vanished[Rows[i]] |= largest[i] == 0;
        return gradient;
    }

    /// <summary>
    /// The gradient of the sum over rows of numbers [rows] that depend on the images in other ways too than by their logits: both
    /// come from one recorded pass over the images.
    /// </summary>
    internal Tensor Gradient(Tensor images, Func<Tensor, (Tensor Logits, Tensor Numbers)> pass)
    {
        Charge(forwards, Rows);
        Charge(gradients, Rows);
        Tensor leaf = images.Detach().Tracked();
        (Tensor logits, Tensor numbers) = pass(leaf);
        Remember(images, logits.Detach());
        return MiniGrad.Gradient.Of(numbers.Sum(), leaf);
    }

    /// <summary>Charges a row for passes that were made together with those of others.</summary>
    internal void Charge(int row, int passes, int gradients = 0)
    {
        forwards[Rows[row]] += passes;
        this.gradients[Rows[row]] += gradients;
    }

    /// <summary>Remembers that a row's gradient vanished.</summary>
    internal void Vanish(int row) => vanished[Rows[row]] = true;

    /// <summary>
    /// The logits of images [rows, …] from one recorded pass, and a walk back to the images for each cotangent [rows, classes]
    /// that is chosen by them: the images' gradients of as many functions of the logits.
    /// </summary>
    public (Tensor Logits, Tensor[] Gradients) Pull(Tensor images, Func<Tensor, Tensor[]> seeds)
    {
        Charge(forwards, Rows);
        Tensor leaf = images.Detach().Tracked();
        Tensor logits = Classifier.Logits(leaf);
        Tensor values = logits.Detach();
        Remember(images, values);
        return (values, Array.ConvertAll(seeds(values), seed =>
        {
            Charge(gradients, Rows);
            return MiniGrad.Gradient.Of(logits, leaf, seed);
        }));
    }

    /// <summary>Drops the remembered pass, whose memory may be recycled.</summary>
    internal void Forget() => lastImages = lastLogits = null;

    private int[] Examples(int[]? positions) => positions is null ? Rows : Array.ConvertAll(positions, position => Rows[position]);

    private static void Charge(int[] counter, int[] examples)
    {
        foreach (int example in examples) counter[example]++;
    }

    private void Remember(Tensor images, Tensor logits)
    {
        lastImages = images;
        lastLogits = logits;
    }
}

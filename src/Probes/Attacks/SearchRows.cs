namespace MiniGrad.Probes.Attacks;

/// <summary>
/// The rows of a search that are still open: their clean images, what they are to become, each row's random numbers, and the
/// counted way to the classifier. A search tells here how a row ended; it leaves before the next step.
/// </summary>
public sealed class SearchRows
{
    private readonly SearchChunk chunk;

    internal SearchRows(SearchChunk chunk, int[] examples, Rng[] rngs)
    {
        (this.chunk, Examples, Rngs) = (chunk, examples, rngs);
        Query.Rows = examples;
        Images = chunk.Images.TakeIndices(0, examples);
        Targets = chunk.Targets?.TakeIndices(0, examples);
        Labels = Array.ConvertAll(examples, row => chunk.Labels[row]);
        StartClasses = Array.ConvertAll(examples, row => chunk.StartClasses[row]);
        SourceConfidence = Array.ConvertAll(examples, row => chunk.SourceConfidence[row]);
        Goal = chunk.Goal.Take(examples);
    }

    /// <summary>Which example of the chunk each row is.</summary>
    internal int[] Examples { get; private set; }

    /// <summary>How many rows are open.</summary>
    public int Count => Examples.Length;

    /// <summary>The classifier under attack.</summary>
    public Classifier Classifier => chunk.Classifier;

    /// <summary>Counted access to it; charges the open rows.</summary>
    public Query Query => chunk.Query;

    /// <summary>The clean images [rows, …], or those that a traversal starts from.</summary>
    public Tensor Images { get; private set; }

    /// <summary>The images that a traversal walks towards.</summary>
    public Tensor? Targets { get; private set; }

    /// <summary>The label of each row.</summary>
    public int[] Labels { get; private set; }

    /// <summary>The class that each row is predicted as before the attack.</summary>
    public int[] StartClasses { get; private set; }

    /// <summary>The label's confidence before the attack.</summary>
    public double[] SourceConfidence { get; private set; }

    /// <summary>What counts as success.</summary>
    public Goal Goal { get; private set; }

    /// <summary>Each row's own random numbers, others at each restart.</summary>
    public Rng[] Rngs { get; private set; }

    /// <summary>Steps that are done.</summary>
    public int Iteration { get; internal set; }

    /// <summary>How often the search has been started before.</summary>
    public int Restart { get; internal init; }

    /// <summary>The changes that are allowed, as they are for this classifier.</summary>
    internal Threat Threat => chunk.Threat ?? throw new InvalidOperationException($"attack: {chunk.Attack} has no threat.");

    /// <summary>Pixels back into the box.</summary>
    public Tensor Clamp(Tensor x) => x.Clamp(Classifier.Low, Classifier.High);

    /// <summary>A point of threat and box near another: first the threat, then the box, which leads no threat of norms outside.</summary>
    public Tensor Project(Tensor point)
    {
        if (!Threat.IsOfPixels) return Threat.Project(Images, point);
        return Clamp(Threat.Project(Images, Threat.ProjectsInBox ? Clamp(point) : point));
    }

    /// <summary>The point of no change.</summary>
    public Tensor Unchanged() => Threat.Unchanged(Images);

    /// <summary>A random point of threat and box.</summary>
    public Tensor RandomStart() => RandomStart(Rngs);

    /// <summary>A random point of threat and box, from other random numbers.</summary>
    public Tensor RandomStart(Rng[] rngs) => Project(Threat.RandomStart(Images, rngs));

    /// <summary>The gradient, in the points, of the attack's loss.</summary>
    public Tensor Gradient(Tensor points) => Gradient(points, logits => chunk.Attack.Raised.Of(logits, Goal));

    /// <summary>The gradient, in the points, of a loss of each row's logits.</summary>
    public Tensor Gradient(Tensor points, Func<Tensor, Tensor> loss) =>
        Query.Gradient(points, loss, Threat.IsOfPixels ? null : p => Threat.Render(Images, p));

    /// <summary>
    /// The logits at points, a loss of each row's logits [rows], what the attack raises unless another is given, and its gradient in
    /// the points: one recorded pass.
    /// </summary>
    public (Tensor Logits, Tensor Loss, Tensor Gradient) Slope(Tensor points, Func<Tensor, Tensor>? of = null)
    {
        (Tensor? logits, Tensor? loss) = (null, null);
        Tensor gradient = Gradient(points, z =>
        {
            Tensor value = of is null ? chunk.Attack.Raised.Of(z, Goal) : of(z);
            (logits, loss) = (z.Detach(), value.Detach());
            return value;
        });
        return (logits!, loss!, gradient);
    }

    /// <summary>What the attack raises [rows], at points.</summary>
    public Tensor Raised(Tensor points) => chunk.Attack.Raised.Of(Logits(points), Goal);

    /// <summary>The logits at points.</summary>
    public Tensor Logits(Tensor points) => Threat.IsOfPixels
        ? Query.Logits(points)
        : Query.Logits(points, () => Clamp(Threat.Render(Images, points)));

    /// <summary>
    /// The logits at points of which rows have several, each with its owner: not charged, since only the search knows how many of
    /// them it had to look at.
    /// </summary>
    internal Tensor LogitsOf(Tensor points, int[] owners) => Classifier.Logits(ImagesOf(points, owners).Detach());

    /// <summary>The gradient, in such points, of the attack's loss.</summary>
    internal Tensor GradientOf(Tensor points, int[] owners)
    {
        Goal goal = Goal.Take(owners);
        Tensor leaf = points.Detach().Tracked();
        Tensor gradient = MiniGrad.Gradient.Of(LossOf(Classifier.Logits(ImagesOf(leaf, owners)), goal).Sum(), leaf);
        using RowBuffer<double> largest = Rows.Linf(gradient);
        for (int k = 0; k < owners.Length; k++)
        {
            Query.Charge(owners[k], passes: 1, gradients: 1);
            if (largest[k] == 0) Query.Vanish(owners[k]);
        }
        return gradient;
    }

    /// <summary>What the attack raises, for rows with these goals.</summary>
    internal Tensor LossOf(Tensor logits, Goal goal) => chunk.Attack.Raised.Of(logits, goal);

    private Tensor ImagesOf(Tensor points, int[] owners) => Threat.IsOfPixels
        ? points
        : Clamp(Threat.Render(Images.TakeIndices(0, owners), points));

    /// <summary>Each row's random numbers, turned to a stream of a name.</summary>
    public Rng[] RngsAt(string name) => Array.ConvertAll(Rngs, rng => rng.At(name));

    /// <summary>Each row's random numbers, turned to a number such as a step's.</summary>
    public Rng[] RngsAt(int number) => Array.ConvertAll(Rngs, rng => rng.At(number));

    /// <summary>Ends a row with this step. A step that was not made, since the row ended before it, does not count.</summary>
    public void End(int row, ExampleStatus status, string? note = null, bool wasMade = true)
    {
        chunk.Status[Examples[row]] = status;
        if (note is not null) Note(row, note);
        if (!wasMade) chunk.Iterations[Examples[row]]--;
    }

    /// <summary>Whether a row ended in this step.</summary>
    public bool HasEnded(int row) => chunk.Status[Examples[row]] is not null;

    /// <summary>Says something worth knowing of a row; what was said before is replaced.</summary>
    public void Note(int row, string note) => chunk.Notes[Examples[row]] = note;

    /// <summary>Remembers that a row has moved.</summary>
    public void Move(int row) => chunk.Moved[Examples[row]] = true;

    /// <summary>Whether a row has ever moved.</summary>
    public bool HasMoved(int row) => chunk.Moved[Examples[row]];

    /// <summary>Remembers that a row was linearised; the first distance to the linearised boundary stays.</summary>
    public void Linearized(int row, double distance)
    {
        if (chunk.Linearizations[Examples[row]]++ == 0) chunk.FirstOrderDistances[Examples[row]] = distance;
    }

    /// <summary>Remembers that a row met its goal at this distance from its image; the smallest is reported.</summary>
    public void Found(int row, double distance) =>
        chunk.Nearest[Examples[row]] = Math.Min(distance, chunk.Nearest[Examples[row]] ?? double.PositiveInfinity);

    /// <summary>How often a row was linearised.</summary>
    public int Linearizations(int row) => chunk.Linearizations[Examples[row]];

    /// <summary>Leaves only some of the rows open.</summary>
    internal void Keep(int[] rows)
    {
        T[] Of<T>(T[] all) => Array.ConvertAll(rows, row => all[row]);
        (Images, Targets) = (Images.TakeIndices(0, rows), Targets?.TakeIndices(0, rows));
        (Labels, StartClasses, SourceConfidence, Rngs) = (Of(Labels), Of(StartClasses), Of(SourceConfidence), Of(Rngs));
        (Goal, Examples) = (Goal.Take(rows), Of(Examples));
        Query.Rows = Examples;
    }
}

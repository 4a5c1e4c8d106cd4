namespace MiniGrad.Probes.Attacks;

/// <summary>What counts as success for each row. What is raised on the way there is a <see cref="Loss"/>.</summary>
public abstract record Goal
{
    /// <summary>How many rows it is for.</summary>
    public int Count => Classes.Length;

    /// <summary>The class of each row that the goal speaks of: to be left, or to be reached.</summary>
    public abstract int[] Classes { get; }

    /// <summary>Whether the classes are to be reached; otherwise they are to be left.</summary>
    public abstract bool IsTargeted { get; }

    /// <summary>Whether a predicted class is a success for a row.</summary>
    public abstract bool IsMet(int row, int prediction);

    /// <summary>The goal of some of the rows.</summary>
    public abstract Goal Take(int[] rows);

    /// <summary>Any class but the label.</summary>
    public static Goal Untargeted(int[] labels) => new LeaveClass(labels);

    /// <summary>A given class.</summary>
    public static Goal Targeted(int[] targets) => new ReachClass(targets);

    /// <summary>Throws unless the goal fits the batch and the classifier.</summary>
    internal void Check(Classifier classifier, int count) => classifier.CheckClasses(Classes, count, "goal");

    private sealed record LeaveClass(int[] Labels) : Goal
    {
        public override int[] Classes => Labels;

        public override bool IsTargeted => false;

        public override bool IsMet(int row, int prediction) => prediction != Labels[row];

        public override Goal Take(int[] rows) => new LeaveClass(Array.ConvertAll(rows, row => Labels[row]));
    }

    private sealed record ReachClass(int[] Targets) : Goal
    {
        public override int[] Classes => Targets;

        public override bool IsTargeted => true;

        public override bool IsMet(int row, int prediction) => prediction == Targets[row];

        public override Goal Take(int[] rows) => new ReachClass(Array.ConvertAll(rows, row => Targets[row]));
    }
}

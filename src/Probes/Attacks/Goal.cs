namespace MiniGrad.Probes.Attacks;

/// <summary>What counts as success for each row, and the loss whose increase leads there.</summary>
public abstract record Goal
{
    public int Count => Classes.Length;

    /// <summary>The class of each row that the goal speaks of: to be left, or to be reached.</summary>
    protected abstract int[] Classes { get; }

    /// <summary>The loss of each row [rows], to be increased.</summary>
    public abstract Tensor Loss(Tensor logits);

    /// <summary>Whether a predicted class is a success for a row.</summary>
    public abstract bool IsMet(int row, int prediction);

    /// <summary>Whether a row is asked to reach its own label, which is no attack.</summary>
    internal virtual bool IsLabel(int row, int label) => false;

    /// <summary>The goal of some of the rows.</summary>
    public abstract Goal Take(int[] rows);

    /// <summary>Throws unless the goal fits the batch and the classifier.</summary>
    internal void Check(Classifier classifier, int count) => classifier.CheckClasses(Classes, count, "goal");

    /// <summary>Any class but the label; cross-entropy of the label.</summary>
    public static Goal Untargeted(int[] labels) => new LeaveClass(labels);

    /// <summary>A given class; minus its cross-entropy.</summary>
    public static Goal Targeted(int[] targets) => new ReachClass(targets);

    private sealed record LeaveClass(int[] Labels) : Goal
    {
        protected override int[] Classes => Labels;

        public override Tensor Loss(Tensor logits) => logits.CrossEntropy(Labels, LossReduction.None);

        public override bool IsMet(int row, int prediction) => prediction != Labels[row];

        public override Goal Take(int[] rows) => new LeaveClass(Array.ConvertAll(rows, row => Labels[row]));
    }

    private sealed record ReachClass(int[] Targets) : Goal
    {
        protected override int[] Classes => Targets;

        public override Tensor Loss(Tensor logits) => -logits.CrossEntropy(Targets, LossReduction.None);

        public override bool IsMet(int row, int prediction) => prediction == Targets[row];

        internal override bool IsLabel(int row, int label) => label == Targets[row];

        public override Goal Take(int[] rows) => new ReachClass(Array.ConvertAll(rows, row => Targets[row]));
    }
}

namespace MiniGrad;

/// <summary>One recorded operation: what was done to which tensors. A leaf has no operation.</summary>
public sealed class Node : Origin
{
    [ThreadStatic]
    private static long last;

    private Node(Op? op, Tensor[] inputs)
    {
        Op = op;
        Inputs = inputs;
        // An input may come from another thread, whose numbers are its own: stay above it.
        foreach (Tensor input in inputs)
        {
            if (input.Origin is Node from) last = Math.Max(last, from.Number);
        }
        Number = ++last;
    }

    /// <summary>The operation; none for a leaf.</summary>
    public Op? Op { get; }

    /// <summary>What the operation was given; empty for a leaf.</summary>
    public Tensor[] Inputs { get; }

    /// <summary>The tensor that was made, as the graph knows it.</summary>
    public Tensor Output { get; private set; } = null!;

    /// <summary>Nodes are numbered in the order of their making: inputs always come before.</summary>
    internal long Number { get; }

    /// <summary>The number: to hash an object by its identity costs more than all else that a pass does at a node.</summary>
    public override int GetHashCode() => (int)Number;

    internal static Tensor Join(Op? op, Tensor[] inputs, Tensor output)
    {
        Node node = new(op, inputs);
        node.Output = new Tensor(output.Storage, output.Layout, node);
        return node.Output;
    }
}

/// <summary>Whether operations on tracked tensors are recorded: a state of the thread, changed only by <c>using</c>.</summary>
public static class Recording
{
    [ThreadStatic]
    private static bool paused;

    internal static bool IsPaused => paused;

    /// <summary>Stops recording until the scope is disposed.</summary>
    public static Scope Pause() => new(true);

    /// <summary>Records until the scope is disposed.</summary>
    public static Scope On() => new(false);

    /// <summary>Restores the former state when disposed.</summary>
    public readonly ref struct Scope
    {
        private readonly bool former;

        internal Scope(bool pause)
        {
            former = paused;
            paused = pause;
        }

        /// <summary>Goes back to what held before the scope: recording or not.</summary>
        public void Dispose() => paused = former;
    }
}

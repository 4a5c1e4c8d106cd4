namespace MiniGrad.Probes.Attacks;

/// <summary>What survives a step of a search: tensors and arrays that all have one row for each open example.</summary>
public interface IRowState<TSelf> where TSelf : struct, IRowState<TSelf>
{
    /// <summary>Where the search stands: images, or whatever the threat renders images from.</summary>
    Tensor Point { get; }

    /// <summary>The logits of the point, where the step that led there knows them; else they are computed once more.</summary>
    Tensor? PointLogits => null;

    /// <summary>
    /// For a search that also goes outside its threat: which of the points that the last step started from lie within it, so that
    /// they may be what the attack returns.
    /// </summary>
    bool[]? WereAllowed => null;

    /// <summary>Every tensor of the state, the point among them: what the arena keeps.</summary>
    IEnumerable<Tensor> Tensors { get; }

    /// <summary>The state of some of the rows.</summary>
    TSelf Take(int[] rows);
}

/// <summary>The state of a search that remembers nothing but where it stands.</summary>
public readonly record struct PointState(Tensor Point) : IRowState<PointState>
{
    /// <inheritdoc/>
    public IEnumerable<Tensor> Tensors => [Point];

    /// <inheritdoc/>
    public PointState Take(int[] rows) => new(Point.TakeIndices(0, rows));
}

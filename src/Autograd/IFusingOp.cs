namespace MiniGrad;

/// <summary>
/// An operation whose rule can do more to the cotangent of its first input while that is in the cache: add what other
/// consumers sent, and close it where the input, the result of a maximum with 0, is 0. Walks that record nothing ask for it.
/// </summary>
internal interface IFusingOp
{
    /// <summary>Whether the result is a maximum with 0, so that its cotangent counts only where it is positive.</summary>
    bool IsRelu { get; }

    Tensor?[] Vjp(Node node, Tensor g, Needs needs, in CotangentFusion fusion);
}

/// <summary>What a walk wants folded into a rule.</summary>
/// <param name="Sum">The cotangent that the first input has from its other consumers, all of which have been passed.</param>
/// <param name="Mask">The first input, when its cotangent counts only where it is positive.</param>
/// <param name="IsMasked">Whether this node's own cotangent is 0 already where its result is.</param>
internal readonly record struct CotangentFusion(Tensor? Sum, Tensor? Mask, bool IsMasked)
{
    /// <summary>Does to a first cotangent what a kernel did not do.</summary>
    public Tensor?[] AfterFirst(Tensor?[] parts)
    {
        if (parts[0] is not { } part) return parts;
        if (Sum is not null) part = Sum + part;
        parts[0] = Mask is null ? part : Pointwise.Of(new ReluMask(0), part, Mask);
        return parts;
    }
}

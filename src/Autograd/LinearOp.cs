namespace MiniGrad;

/// <summary>An operation linear in its only input: one forward, one adjoint. Its tangent is itself.</summary>
public abstract class LinearOp : Op
{
    /// <summary>The result by kernels or views; not recorded.</summary>
    protected abstract Tensor Compute(Tensor x);

    /// <summary>The adjoint, made of operations.</summary>
    protected abstract Tensor Adjoint(Tensor u);

    /// <summary>The result, recorded when x is tracked.</summary>
    public Tensor Apply(Tensor x)
    {
        Tensor y = Compute(x);
        return x.Origin is null ? y : Record(this, [x], y);
    }

    /// <inheritdoc/>
    public sealed override Tensor?[] Vjp(Node node, Tensor g, Needs needs) => [Adjoint(g)];

    /// <inheritdoc/>
    public sealed override Tensor? Jvp(Node node, Tensor?[] tangents) => Apply(tangents[0]!);
}

/// <summary>An operation linear in each of two inputs: one forward, two adjoints.</summary>
public abstract class BilinearOp : Op
{
    /// <summary>The result by kernels; not recorded.</summary>
    protected abstract Tensor Compute(Tensor a, Tensor b);

    /// <summary>The adjoint in a, for fixed b.</summary>
    protected abstract Tensor AdjointLeft(Tensor u, Tensor b);

    /// <summary>The adjoint in b, for fixed a.</summary>
    protected abstract Tensor AdjointRight(Tensor a, Tensor u);

    /// <summary>The result, recorded when either input is tracked.</summary>
    public Tensor Apply(Tensor a, Tensor b)
    {
        Tensor y = Compute(a, b);
        return a.Origin is null && b.Origin is null ? y : Record(this, [a, b], y);
    }

    /// <inheritdoc/>
    public sealed override Tensor?[] Vjp(Node node, Tensor g, Needs needs) =>
    [
        needs[0] ? AdjointLeft(g, node.Inputs[1]) : null,
        needs[1] ? AdjointRight(node.Inputs[0], g) : null,
    ];

    /// <inheritdoc/>
    public sealed override Tensor? Jvp(Node node, Tensor?[] tangents)
    {
        Tensor? left = tangents[0] is { } a ? Apply(a, node.Inputs[1]) : null;
        Tensor? right = tangents[1] is { } b ? Apply(node.Inputs[0], b) : null;
        return left is null ? right : right is null ? left : left + right;
    }
}

using MiniGrad.Kernels;

namespace MiniGrad;

/// <summary>
/// Normalisation of rows; inputs [x] or [x, scale, shift]. With x̂ = (x − mean)·r its derivative is the symmetric map
/// P u = r·(u − mean u − x̂·mean(u·x̂)), which is <see cref="NormalizeRowsAdjoint"/>. Ba et al., arXiv:1607.06450.
/// </summary>
internal sealed class NormalizeRows(Tensor moments, double epsilon) : Op, IFusingOp
{
    public override string Name => "layer-norm";

    public bool IsRelu => false;

    public override Tensor?[] Vjp(Node node, Tensor g, Needs needs) => Vjp(node, g, needs, default);

    public Tensor?[] Vjp(Node node, Tensor g, Needs needs, in CotangentFusion fusion)
    {
        Tensor?[] parts = Parts(node, g, needs, fusion.Sum);
        return (fusion with { Sum = null }).AfterFirst(parts);
    }

    private Tensor?[] Parts(Node node, Tensor g, Needs needs, Tensor? sum)
    {
        Tensor x = node.Inputs[0];
        Tensor? scale = node.Inputs.Length > 1 ? node.Inputs[1] : null;
        Tensor? dx = needs[0] ? NormalizeRowsAdjoint.Of(g, x, scale, moments, epsilon, sum) : null;
        if (scale is null) return [dx];
        Tensor? along = needs[1] ? (g * x.LayerNorm(null, null, epsilon)).SumOfRows() : null;
        return [dx, along, needs[2] ? g.SumOfRows() : null];
    }

    public override Tensor? Jvp(Node node, Tensor?[] tangents)
    {
        Tensor x = node.Inputs[0];
        Tensor? dy = tangents[0] is { } v ? NormalizeRowsAdjoint.Of(v, x, null, moments, epsilon) : null;
        if (tangents.Length == 1) return dy;
        if (dy is not null) dy *= node.Inputs[1];
        if (tangents[1] is { } factor) dy = Ops.Plus(dy, factor * x.LayerNorm(null, null, epsilon));
        return tangents[2] is { } shift ? Ops.Plus(dy, shift.BroadcastTo(x.Shape)) : dy;
    }
}

/// <summary>
/// P u of <see cref="NormalizeRows"/> at x, with u = g · scale; inputs [g, x] or [g, x, scale]. Linear and symmetric in u;
/// its derivative in x is <see cref="Bend"/>.
/// </summary>
internal sealed class NormalizeRowsAdjoint(Tensor moments, double epsilon) : Op
{
    public override string Name => "layer-norm-adjoint";

    /// <summary>P u, plus a sum that only walks which record nothing may give.</summary>
    public static Tensor Of(Tensor g, Tensor x, Tensor? scale, Tensor moments, double epsilon, Tensor? sum = null)
    {
        g = g.Contiguous();
        Tensor dx = Tensor.Empty(x.Shape, x.Type, x.Device);
        Backend.For(x.Device).NormalizeRowsAdjoint(g.View, x.View, scale?.View, moments.View, sum?.Contiguous().View, dx.View);
        return Op.Record(new NormalizeRowsAdjoint(moments, epsilon), scale is null ? [g, x] : [g, x, scale], dx);
    }

    public override Tensor?[] Vjp(Node node, Tensor c, Needs needs)
    {
        (Tensor g, Tensor x) = (node.Inputs[0], node.Inputs[1]);
        if (node.Inputs.Length == 2) return [needs[0] ? Project(x, c) : null, needs[1] ? Bend(x, g, c) : null];
        Tensor scale = node.Inputs[2];
        Tensor projected = Project(x, c);
        return [projected * scale, needs[1] ? Bend(x, g * scale, c) : null, needs[2] ? (g * projected).SumOfRows() : null];
    }

    public override Tensor? Jvp(Node node, Tensor?[] tangents)
    {
        (Tensor g, Tensor x) = (node.Inputs[0], node.Inputs[1]);
        Tensor? scale = node.Inputs.Length > 2 ? node.Inputs[2] : null;
        Tensor? result = tangents[0] is { } dg ? Of(dg, x, scale, moments, epsilon) : null;
        if (tangents[1] is { } dx) result = Ops.Plus(result, Bend(x, scale is null ? g : g * scale, dx));
        return scale is not null && tangents[2] is { } factor ? Ops.Plus(result, Project(x, g * factor)) : result;
    }

    private Tensor Project(Tensor x, Tensor u) => Of(u, x, null, moments, epsilon);

    /// <summary>
    /// The derivative of P u as x moves along v: −r·(x̂·mean(v·Pu) + Pv·mean(u·x̂) + Pu·mean(v·x̂)), symmetric in u and
    /// v, and its own adjoint in v.
    /// </summary>
    private Tensor Bend(Tensor x, Tensor u, Tensor v)
    {
        Tensor normal = x.LayerNorm(null, null, epsilon);
        Tensor r = ((x - x.Mean(-1, keepDims: true)).Square().Mean(-1, keepDims: true) + epsilon).Rsqrt();
        (Tensor pu, Tensor pv) = (Project(x, u), Project(x, v));
        static Tensor mean(Tensor a, Tensor b) => (a * b).Mean(-1, keepDims: true);
        return -r * (normal * mean(v, pu) + pv * mean(u, normal) + pu * mean(v, normal));
    }
}

public static partial class Ops
{
    extension(Tensor x)
    {
        /// <summary>(x − mean)/√(variance + ε) over the last axis, scaled and shifted. Ba et al., arXiv:1607.06450.</summary>
        public Tensor LayerNorm(Tensor? scale, Tensor? shift, double epsilon = 1e-5)
        {
            CheckRows("layer-norm", x);
            if (scale is not null || shift is not null)
            {
                Shape each = [x.Shape[-1]];
                scale = (scale ?? Ones(each, x.Type, x.Device)).Contiguous();
                shift = (shift ?? Zeros(each, x.Type, x.Device)).Contiguous();
                foreach (Tensor numbers in (ReadOnlySpan<Tensor>)[scale, shift])
                {
                    Check.Alike("layer-norm", x, numbers);
                    if (numbers.Shape != each)
                    {
                        Throw.Argument(
                            $"layer-norm: {numbers.Shape} for {x.Shape}: one number for each element of a row is needed, {each}.");
                    }
                }
            }
            x = x.Contiguous();
            Tensor y = Tensor.Empty(x.Shape, x.Type, x.Device);
            bool keep = !Recording.IsPaused && (x.Origin ?? scale?.Origin ?? shift?.Origin) is not null;
            Tensor? moments = keep ? Tensor.Empty([checked((int)(x.Count / x.Shape[-1])), 2], DType.F64, x.Device) : null;
            Backend.For(x.Device).NormalizeRows(x.View, scale?.View, shift?.View, epsilon, y.View, moments?.View);
            return moments is null ? y : Op.Record(new NormalizeRows(moments, epsilon), scale is null ? [x] : [x, scale, shift!], y);
        }

        /// <summary>The sum of all rows of the last axis.</summary>
        internal Tensor SumOfRows() => x.Reshape(-1, x.Shape[-1]).Sum(0);
    }
}

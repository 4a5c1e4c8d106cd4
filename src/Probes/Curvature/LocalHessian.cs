namespace MiniGrad.Probes.Curvature;

/// <summary>A Hessian at images [N, …] that is known by its products. It refers to what it was made of, a graph or gradients.</summary>
public abstract class LocalHessian
{
    /// <summary>The gradients [N, …] at the images.</summary>
    public abstract Tensor Gradient { get; }

    /// <summary>Each row's Hessian times the same row of v [N, …].</summary>
    public abstract Tensor Times(Tensor v);
}

namespace MiniGrad.Nn;

/// <summary>A function with named weights.</summary>
public abstract class Module
{
    /// <summary>The output for an input; inference unless the pass says otherwise.</summary>
    public abstract Tensor Forward(Tensor x, Pass? pass = null);
}

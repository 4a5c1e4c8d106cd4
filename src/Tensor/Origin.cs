namespace MiniGrad;

/// <summary>What made a tensor. The differentiation engine supplies the one kind there is, so a tensor knows no op.</summary>
public abstract class Origin;

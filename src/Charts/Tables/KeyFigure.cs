namespace MiniGrad.Charts.Tables;

/// <summary>One number worth projecting large, what it is, and a short remark (or empty).</summary>
public sealed record KeyFigure(string Value, string Label, string Remark = "");

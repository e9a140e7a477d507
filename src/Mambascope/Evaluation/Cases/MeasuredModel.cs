using Mambascope.Evaluation.Results;

namespace Mambascope.Evaluation.Cases;

/// <summary>A model whose explanations are measured. Its subtypes say how it reads the data.</summary>
/// <param name="Fingerprint">Name in tables and hash of the weights.</param>
public abstract record MeasuredModel(ModelFingerprint Fingerprint)
{
    /// <summary>Name in tables.</summary>
    public string Name => Fingerprint.Name;
}

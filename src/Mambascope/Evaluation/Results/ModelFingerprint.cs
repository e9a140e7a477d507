using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Mambascope.Models;

namespace Mambascope.Evaluation.Results;

/// <summary>A model in a result file.</summary>
/// <param name="Name">Its name in tables.</param>
/// <param name="Weights">Hash of its weights, so that results of different weights are never mixed.</param>
public sealed record ModelFingerprint(string Name, string Weights)
{
    private const int Digits = 16;

    /// <summary>The fingerprint of a model: the first digits of SHA-256 over all weights in the order of the forward pass.</summary>
    /// <param name="name">What tables call it.</param>
    /// <param name="model">The model.</param>
    public static ModelFingerprint Of(string name, IModel model)
    {
        ArgumentNullException.ThrowIfNull(model);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var weight in model.AllWeights)
        {
            hash.AppendData(MemoryMarshal.AsBytes(weight.Values<float>().AsSpan()));
        }

        return new(name, Convert.ToHexStringLower(hash.GetHashAndReset())[..Digits]);
    }
}

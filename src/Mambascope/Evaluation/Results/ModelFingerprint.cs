using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text.Json;
using Mambascope.Models;

namespace Mambascope.Evaluation.Results;

/// <summary>A model in a result file: all of it that can change a result.</summary>
/// <param name="Name">Its name in tables.</param>
/// <param name="Weights">Hash of its weights, so that results of different weights are never mixed.</param>
/// <param name="Reading">
/// Hash of what else decides its answers: what config.json says, how pictures are preprocessed, what the classes are called.
/// </param>
public sealed record ModelFingerprint(string Name, string Weights, string Reading = "")
{
    /// <summary>The fingerprint of a model: the first digits of SHA-256 over all weights in the order of the forward pass.</summary>
    /// <param name="name">What tables call it.</param>
    /// <param name="model">The model.</param>
    /// <param name="reading">In words, whatever else decides what it is given and what its answers mean.</param>
    public static ModelFingerprint Of(string name, IModel model, params IReadOnlyList<string> reading)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(reading);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var weight in model.AllWeights)
        {
            hash.AppendData(MemoryMarshal.AsBytes(weight.Values<float>().AsSpan()));
        }

        using var beside = new Fingerprint();
        foreach (var (key, value) in model.Settings.OrderBy(setting => setting.Key, StringComparer.Ordinal))
        {
            beside.Add(key).Add(JsonSerializer.Serialize(value, value.GetType(), ReflectedJson.AsNamed));
        }

        foreach (var words in reading)
        {
            beside.Add(words);
        }

        return new(name, Convert.ToHexStringLower(hash.GetHashAndReset())[..Fingerprint.Digits], beside.ToString());
    }
}

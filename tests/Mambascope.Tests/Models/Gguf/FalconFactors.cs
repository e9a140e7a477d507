using System.Text.Json;

namespace Mambascope.Tests.Models.Gguf;

/// <summary>
/// Falcon-H1's factors as llama.cpp's converter puts them into the weights (conversion/falcon_h1.py): a GGUF file has none of its own.
/// </summary>
internal static class FalconFactors
{
    /// <summary>Multiplies a tensor of the original, row-major, by what stands before or behind it.</summary>
    public static void Fold(JsonElement config, string name, float[] values)
    {
        switch (name.Split('.')[^2])
        {
            case "embed_tokens": Scale(values, Factor("embedding_multiplier")); break;
            case "lm_head": Scale(values, Factor("lm_head_multiplier")); break;
            case "q_proj" or "v_proj": Scale(values, Factor("attention_in_multiplier")); break;
            case "k_proj": Scale(values, Factor("attention_in_multiplier") * Factor("key_multiplier")); break;
            case "o_proj": Scale(values, Factor("attention_out_multiplier")); break;
            case "out_proj": Scale(values, Factor("ssm_out_multiplier")); break;
            case "gate_proj": Scale(values, List("mlp_multipliers")[0]); break;
            case "down_proj": Scale(values, List("mlp_multipliers")[1]); break;
            case "in_proj":
                var (at, width) = (0, Whole("hidden_size"));
                var states = Whole("mamba_n_groups") * Whole("mamba_d_state");
                int[] rows = [Whole("mamba_d_ssm"), Whole("mamba_d_ssm"), states, states, Whole("mamba_n_heads")];
                foreach (var (count, factor) in rows.Zip(List("ssm_multipliers")))
                {
                    Scale(values.AsSpan(at, count * width), Factor("ssm_in_multiplier") * factor);
                    at += count * width;
                }

                break;
        }

        double Factor(string key) => config.GetProperty(key).GetDouble();

        int Whole(string key) => config.GetProperty(key).GetInt32();

        double[] List(string key) => [.. config.GetProperty(key).EnumerateArray().Select(item => item.GetDouble())];
    }

    private static void Scale(Span<float> values, double factor)
    {
        foreach (ref var value in values)
        {
            value = (float)(value * factor);
        }
    }
}

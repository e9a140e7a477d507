using Mambascope.Checkpoints;
using Mambascope.Inputs.Text;
using Mambascope.Tests.Checkpoints.Gguf;

namespace Mambascope.Tests.Models.Gguf;

/// <summary>A complete Mamba of 10 KB with a byte-level tokenizer: d = 32, E = 64, N = 4, R = 4, two layers, quantised matrices.</summary>
internal static class TinyGguf
{
    private const int Width = 32, Inner = 64, States = 4, Rank = 4, Vocabulary = 264;

    public static byte[] Mamba()
    {
        var random = new Random(11);
        float[] Values(int count, float shift = 0) => [.. Enumerable.Range(0, count)
            .Select(_ => shift + (0.2f * (random.NextSingle() - 0.5f)))];
        string[] letters = [.. Enumerable.Range(0, 256).Select(value => ByteLetters.Letter((byte)value).ToString())];
        string[] merges = ["Ġ t", "h e", "Ġt he", "a n", "an d"];
        var file = new GgufBuilder()
            .Add("general.architecture", "mamba").Add("general.name", "tiny")
            .Add("mamba.embedding_length", (uint)Width).Add("mamba.block_count", 2u).Add("mamba.ssm.inner_size", (uint)Inner)
            .Add("mamba.ssm.state_size", (uint)States)
            .Add("mamba.ssm.conv_kernel", 4u).Add("mamba.ssm.time_step_rank", (uint)Rank)
            .Add("mamba.attention.layer_norm_rms_epsilon", 1e-5f)
            .Add("tokenizer.ggml.model", "gpt2").Add("tokenizer.ggml.pre", "llama-bpe").Add("tokenizer.ggml.merges", merges)
            .Add("tokenizer.ggml.tokens", (string[])["<|end|>", .. letters, .. merges.Select(merge => merge.Replace(" ", "",
                StringComparison.Ordinal)), "[PAD262]", "[PAD263]"])
            .Add("tokenizer.ggml.token_type", (int[])[3, .. Enumerable.Repeat(1, 261), 5, 5]).Add("tokenizer.ggml.bos_token_id", 0u)
            .Add("tokenizer.ggml.add_bos_token", false)
            .AddBlocks("token_embd.weight", TensorType.Q8_0, 8, random, Vocabulary, Width)
            .AddTensor("output_norm.weight", Values(Width, 1), Width);
        for (var layer = 0; layer < 2; layer++)
        {
            var at = $"blk.{layer}.";
            file.AddTensor(at + "attn_norm.weight", Values(Width, 1), Width)
                .AddBlocks(at + "ssm_in.weight", TensorType.Q5_0, 6, random, 2 * Inner, Width)
                .AddTensor(at + "ssm_conv1d.weight", Values(Inner * 4), Inner, 4).AddTensor(at + "ssm_conv1d.bias", Values(Inner), Inner)
                .AddBlocks(at + "ssm_x.weight", TensorType.Q4_0, 2, random, Rank + (2 * States), Inner)
                .AddTensor(at + "ssm_dt.weight", Values(Inner * Rank), Inner, Rank).AddTensor(at + "ssm_dt.bias", Values(Inner, -2), Inner)
                .AddTensor(at + "ssm_a", Values(Inner * States, -1), Inner, States).AddTensor(at + "ssm_d", Values(Inner, 1), Inner)
                .AddBlocks(at + "ssm_out.weight", TensorType.Q4_1, 3, random, Width, Inner);
        }

        return file.Build();
    }
}

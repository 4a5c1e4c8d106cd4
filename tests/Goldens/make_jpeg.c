/* make_jpeg out kind width height sampling quality restart flags
 *
 * Writes a formula as JPEG with libjpeg: what Pillow's own writer does not offer. Called by make_image_goldens.py.
 *
 *   kind      grey ycc rgb cmyk ycck
 *   sampling  factors of each component: 2x2,1x1,1x1
 *   restart   MCUs between restart markers, 0 for none
 *   flags     - none, p progressive, o Huffman tables made for the image, s a scan per component, t a scan for the first
 *             and one for the others, d without JFIF and Adobe markers, w quantisation steps above 255 where quality asks
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <jpeglib.h>

static jpeg_scan_info scans[4];

static J_COLOR_SPACE space(const char *kind)
{
    if (!strcmp(kind, "grey")) return JCS_GRAYSCALE;
    if (!strcmp(kind, "rgb")) return JCS_RGB;
    if (!strcmp(kind, "cmyk")) return JCS_CMYK;
    return strcmp(kind, "ycck") ? JCS_YCbCr : JCS_YCCK;
}

int main(int argc, char **argv)
{
    if (argc != 9) return 2;
    const char *kind = argv[2], *sampling = argv[5], *flags = argv[8];
    int width = atoi(argv[3]), height = atoi(argv[4]);
    struct jpeg_compress_struct c;
    struct jpeg_error_mgr errors;
    c.err = jpeg_std_error(&errors);
    jpeg_create_compress(&c);
    FILE *file = fopen(argv[1], "wb");
    if (!file) return 1;
    jpeg_stdio_dest(&c, file);
    int inks = !strcmp(kind, "cmyk") || !strcmp(kind, "ycck");
    int channels = !strcmp(kind, "grey") ? 1 : inks ? 4 : 3;
    c.image_width = width;
    c.image_height = height;
    c.input_components = channels;
    c.in_color_space = channels == 1 ? JCS_GRAYSCALE : inks ? JCS_CMYK : JCS_RGB;
    jpeg_set_defaults(&c);
    jpeg_set_colorspace(&c, space(kind));
    jpeg_set_quality(&c, atoi(argv[6]), strchr(flags, 'w') == NULL);
    for (int i = 0; i < channels; i++) {
        c.comp_info[i].h_samp_factor = sampling[4 * i] - '0';
        c.comp_info[i].v_samp_factor = sampling[4 * i + 2] - '0';
    }
    c.restart_interval = atoi(argv[7]);
    c.optimize_coding = strchr(flags, 'o') != NULL;
    if (strchr(flags, 'd')) c.write_JFIF_header = c.write_Adobe_marker = FALSE;
    if (strchr(flags, 'p')) jpeg_simple_progression(&c);
    if (strchr(flags, 's') || strchr(flags, 't')) {
        int together = strchr(flags, 't') != NULL;
        for (int i = 0; i < channels; i++) {
            jpeg_scan_info *scan = &scans[together && i > 0 ? 1 : i];
            scan->component_index[scan->comps_in_scan++] = i;
            scan->Se = 63;
        }
        c.scan_info = scans;
        c.num_scans = together ? 2 : channels;
    }
    jpeg_start_compress(&c, TRUE);
    unsigned char *row = malloc((size_t)width * channels);
    for (int y = 0; y < height; y++) {
        for (int x = 0; x < width; x++)
            for (int k = 0; k < channels; k++)
                row[x * channels + k] = (x * (5 + 3 * k) + y * (7 - 2 * k) + x * y * (k + 1) % 23 + (x / 6 + y / 5) % 2 * 70) & 255;
        JSAMPROW rows[1] = {row};
        jpeg_write_scanlines(&c, rows, 1);
    }
    jpeg_finish_compress(&c);
    free(row);
    return fclose(file);
}
